// Preloaded by a test (`node --import`): writes down every module that the program loads, in LOADED_MODULES.
// It imports nothing itself: that would be loaded already.
const loaded = [];
process.getBuiltinModule('node:module').registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
process.on('exit', () =>
  process.getBuiltinModule('node:fs').writeFileSync(process.env.LOADED_MODULES ?? '', JSON.stringify(loaded)),
);
