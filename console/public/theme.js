// Resolves light, dark or system before the first paint. Dark is the absence of data-theme.
(() => {
  let choice = 'system';
  try {
    choice = localStorage.getItem('cuepoint.theme') ?? 'system';
  } catch {
    // Storage may be blocked; the system's choice is used.
  }
  const light =
    choice === 'light' || (choice !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches);
  if (light) document.documentElement.dataset.theme = 'light';
})();
