// What the shell uses of Electron 45 and Electron 22 lacks. Loaded before the shell's entry.
const { app, protocol } = require('electron');

// protocol.handle came with Electron 25.
protocol.handle ??= (scheme, answer) =>
  protocol.registerBufferProtocol(scheme, ({ method, url, headers }, respond) => {
    answer({ method, url, headers: new Headers(headers) }).then(
      (response) =>
        respond({
          statusCode: response.status,
          headers: Object.fromEntries(response.headers),
          mimeType: (response.headers.get('content-type') ?? '').split(';')[0],
          charset: 'utf-8',
          data: Buffer.from(response.body),
        }),
      (error) => {
        console.error('The scheme handler failed.', error);
        respond({ error: -2 });
      },
    );
  });

// Until Electron 25 the address and the frame were arguments beside the event.
app.on('web-contents-created', (_, contents) => {
  contents.on('will-navigate', (event, url) => Object.assign(event, { url, isMainFrame: true }));
  contents.on('will-redirect', (event, url, _inPlace, isMainFrame) =>
    Object.assign(event, { url, isMainFrame }),
  );
});
