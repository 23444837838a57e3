import react from '@vitejs/plugin-react';
import { defineConfig, type ProxyOptions } from 'vite';

// The address of the service. In production a reverse proxy sends the same paths to it.
const service: ProxyOptions = {
  target: process.env.SERVICE ?? 'http://127.0.0.1:8080',
  configure(proxy) {
    // The proxy of Vite keeps an event stream open when the service stops, so the page would not reconnect.
    proxy.on('proxyRes', (upstream, _request, response) => {
      upstream.on('close', () => {
        if (!upstream.complete) response.destroy();
      });
    });
  },
};
const proxy = { '/graphql': service, '^/.*_(images|files)/': service };

export default defineConfig({ plugins: [react()], server: { proxy }, preview: { proxy } });
