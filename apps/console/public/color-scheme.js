// Runs before the first paint, so that a dark room does not flash white. A file of its own: the CSP allows no inline script.
(function () {
  var wanted = 'auto';
  try {
    wanted = localStorage.getItem('chazemo.color-scheme') || 'auto';
  } catch {
    wanted = 'auto';
  }
  var dark = wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
