// Which URLs restricted evaluation may fetch (libexpr/eval.cc `isAllowedURI`).

const schemePrefix = /^[a-z][a-z0-9+.-]*:$/;

/** Whether a URL is one of the allowed ones, below one, or of an allowed scheme. `https://github.co` does not allow `https://github.com`. */
export function isAllowedUri(uri: string, allowed: readonly string[]): boolean {
  return allowed.some((prefix) => {
    if (uri === prefix) return true;
    if (prefix === '' || !uri.startsWith(prefix)) return false;
    return prefix.endsWith('/') || uri[prefix.length] === '/' || schemePrefix.test(prefix);
  });
}
