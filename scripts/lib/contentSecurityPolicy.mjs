/** What a page of the studio may load and reach: its own origin and what it made itself, nothing else. */
const directives = {
  'default-src': "'self'",
  'script-src': "'self'",
  'style-src': "'self'",
  'worker-src': "'self'",
  'connect-src': "'self' blob:",
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob: data:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** @param {Record<string, string>} policy */
const format = (policy) =>
  Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');

/** The policy of the built app, as the value of the header or of the meta element. */
export const contentSecurityPolicy = format(directives);

/**
 * The policy of the worker that downloads models from addresses that the person gives. A worker is held to the policy
 * that its own file is served with, so that the page and the engine stay with theirs, which lets them reach nothing but
 * the studio. Servers on the person's own machine may do without TLS.
 */
export const downloadPolicy = format({
  ...directives,
  'connect-src': "'self' https: http://localhost:* http://127.0.0.1:*",
});

/**
 * The policy that a file of the built app is served with.
 *
 * @param {string} path as in the URL
 */
export function policyOf(path) {
  return /^\/assets\/downloadWorker-[\w-]+\.js$/.test(path) ? downloadPolicy : contentSecurityPolicy;
}

/** Marks the script and style elements that Vite's development server writes into the page. */
export const developmentNonce = 'vite-development';

/** The same for Vite's development server, which inlines a script and styles and reloads over a socket. */
export const developmentPolicy = format({
  ...directives,
  'script-src': `'self' 'nonce-${developmentNonce}'`,
  'style-src': `'self' 'nonce-${developmentNonce}'`,
  // Workers have the server's one policy here, the one that downloads models among them.
  'connect-src': "'self' blob: ws: https: http://localhost:* http://127.0.0.1:*",
});
