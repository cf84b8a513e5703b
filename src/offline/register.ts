/** Has the browser keep the studio, so that it opens without a network from the next visit on. */
export function keepOffline(): void {
  // The development server has no build to keep.
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = () => {
    navigator.serviceWorker.register(`${import.meta.env.BASE_URL}sw.js`).catch((error: unknown) => {
      // The studio works all the same, only not without its server.
      console.warn('The studio could not be kept for offline use.', error);
    });
  };
  // The page comes first.
  if (document.readyState === 'complete') register();
  else window.addEventListener('load', register, { once: true });
}
