// Counts the atomic operations of native runs. To be imported before any instrumented module runs: it replaces the functions of the global `Atomics`
// by ones that do the same and count, so that code which took one of them aside (`const { load } = Atomics`) is counted as well.

/** Operations that have succeeded since it was set to 0; throwing ones do not count, as they are no steps either. */
export const counter: { operations: number; onOperation: (() => void) | undefined } = { operations: 0, onOperation: undefined }

export const OPERATIONS: readonly string[] = ['load', 'store', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange', 'wait', 'waitAsync', 'notify']

type Operation = (...args: unknown[]) => unknown
const atomics = Atomics as unknown as Record<string, Operation>

/** In a worker `process.cwd()` looks at a word of Node's own, and finds the global by its name. */
function isNodes(array: unknown): boolean {
  return array instanceof Uint32Array && array.length === 1
}

for (const name of OPERATIONS) {
  const real = atomics[name] as Operation
  // A method has neither a prototype nor [[Construct]], like the real one.
  const { [name]: counting } = {
    [name](...args: unknown[]): unknown {
      const result = real(...args)
      if (isNodes(args[0])) return result
      counter.operations++
      counter.onOperation?.()
      return result
    },
  }
  Object.defineProperty(counting, 'length', { value: real.length, configurable: true })
  Object.defineProperty(atomics, name, { value: counting, writable: true, configurable: true, enumerable: false })
}
