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

/** Marks the script and style elements that Vite's development server writes into the page. */
export const developmentNonce = 'vite-development';

/** The same for Vite's development server, which inlines a script and styles and reloads over a socket. */
export const developmentPolicy = format({
  ...directives,
  'script-src': `'self' 'nonce-${developmentNonce}'`,
  'style-src': `'self' 'nonce-${developmentNonce}'`,
  'connect-src': "'self' blob: ws:",
});
