import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** Where the server of a development checkout answers; only `vite dev` proxies to it. */
const developmentServer = 'http://127.0.0.1:8787';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { conditions: ['@cuepoint/source', ...defaultClientConditions] },
  build: {
    target: 'es2023',
    // Data URIs would need `font-src data:` and `img-src data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['^/api/', '^/vast', '^/media/', '^/files/', '^/docs'].map((path) => [path, developmentServer]),
    ),
  },
});
