// An OpenID provider on loopback with one client and the client-credentials grant. It ends when its standard input does.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { CLIENT_ID, CLIENT_SECRET, LIFETIME } = process.env;
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    scopes: ['payments:read', 'payments:write'],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true },
    },
    ttl: { ClientCredentials: Number(LIFETIME) },
  });
  server.on('request', provider.callback());
  console.log(`ready ${url}`);
});
process.stdin.on('end', () => process.exit()).resume();
