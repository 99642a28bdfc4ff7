"""The page of a sandbox: what came in, what there is, and what goes wrong on purpose."""
