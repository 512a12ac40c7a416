// Asks the browser to keep the page for times without a network.

/** When the page has nothing more urgent to do. Browsers that cannot, or may not, go without. */
export function keepForOffline() {
  if (!__VIXEN_STATIC__ || !('serviceWorker' in navigator)) return;
  const register = () => void navigator.serviceWorker.register('./sw.js').catch(() => {});
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}
