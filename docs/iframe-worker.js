// Search runs in a worker, which browsers refuse to pages that are opened as files. There, a hidden frame runs it.
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.srcdoc =
        '<script>postMessage = (data) => parent.postMessage(data, "*")</script>' +
        `<script src="${new URL(url, document.baseURI)}"></script>`;
      this.loaded = new Promise((resolve) => this.frame.addEventListener("load", resolve));
      document.body.append(this.frame);
      addEventListener("message", (event) => {
        if (event.source === this.frame.contentWindow) {
          this.dispatchEvent(new MessageEvent("message", { data: event.data }));
        }
      });
    }

    postMessage(data) {
      // The frame's own function is the one by which the search answers.
      this.loaded.then(() => window.postMessage.call(this.frame.contentWindow, data, "*"));
    }
  };
  window.Worker = window.IFrameWorker;
}
