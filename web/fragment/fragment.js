// First script of the page (SEC-8, A-86): takes what stands after # out of the address bar before
// any other script runs, and hands it over once. Must not store, log or send it.
(() => {
  let fragment = location.hash.slice(1);
  if (location.href.includes('#')) {
    history.replaceState(null, '', location.pathname + location.search);
  }
  Object.defineProperty(window, 'takeFragment', {
    configurable: true,
    value: () => {
      const taken = fragment;
      fragment = '';
      Reflect.deleteProperty(window, 'takeFragment');
      return taken;
    },
  });
  // Another link pasted into the same tab: begin anew, so that it goes the same way.
  addEventListener('hashchange', () => {
    if (location.hash !== '') location.reload();
  });
})();
