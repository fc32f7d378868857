import * as realFs from 'node:fs/promises';

/**
 * The functions of node:fs/promises, with a record of every call.
 *
 * `fail` maps names of functions (`rename`), or of methods of file handles (`handle.sync`), to error codes.
 */
export function watchedFs(fail = {}) {
  const calls = [];
  let open = 0;
  const refuse = (name) => {
    if (Object.hasOwn(fail, name)) {
      throw Object.assign(new Error(`${fail[name]}: no luck with ${name}`), { code: fail[name] });
    }
  };
  const watchHandle = (handle, file) =>
    new Proxy(handle, {
      get(target, key) {
        const value = target[key];
        if (typeof value !== 'function') {
          return value;
        }
        return async (...args) => {
          calls.push({ name: `handle.${String(key)}`, file });
          if (key === 'close') {
            open -= 1;
            await target.close();
            return refuse('handle.close');
          }
          refuse(`handle.${String(key)}`);
          return value.apply(target, args);
        };
      },
    });
  const fs = { ...realFs };
  for (const [name, value] of Object.entries(realFs)) {
    if (typeof value === 'function') {
      fs[name] = async (...args) => {
        calls.push({ name, file: String(args[0]), args });
        refuse(name);
        const result = await value(...args);
        if (name !== 'open') {
          return result;
        }
        open += 1;
        return watchHandle(result, String(args[0]));
      };
    }
  }
  return {
    fs,
    calls,
    names: () => calls.map(({ name }) => name),
    openHandles: () => open,
  };
}

const WRITERS = ['writeFile', 'appendFile', 'truncate', 'copyFile', 'cp'];

/** Did anything open this path for writing, or write to it directly? */
export function touched(calls, file) {
  return calls.some(({ name, args }) => {
    if (name === 'open') {
      const flags = args[1] ?? 'r';
      return args[0] === file && flags !== 'r';
    }
    return WRITERS.includes(name) && args.slice(0, 2).includes(file);
  });
}
