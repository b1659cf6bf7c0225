// A hook on `Atomics` for tests of steps: it records them, or lets others run before one.
//
// It works because production code calls `Atomics.load(...)` where it uses it; it is in place only while `fn` runs, so tests that use it are serial.

const STEPS = ['load', 'store', 'compareExchange', 'wait', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'notify'] as const
type AnyOperation = (array: Int32Array | BigInt64Array, index: number, ...values: unknown[]) => unknown

/** Runs `fn` with `before` called before each of its atomic steps. Steps of what `before` itself does are not counted. */
export function hooked<R>(before: (step: number, operation: string, array: Int32Array | BigInt64Array, index: number) => void, fn: () => R): R {
  const table = Atomics as unknown as Record<string, AnyOperation>
  const real = Object.fromEntries(STEPS.map((name) => [name, table[name] as AnyOperation]))
  let step = 0
  let inside = false
  for (const name of STEPS) {
    table[name] = (array, index, ...values) => {
      if (!inside) {
        inside = true
        try {
          before(step++, name, array, index)
        } finally {
          inside = false
        }
      }
      return (real[name] as AnyOperation).call(Atomics, array, index, ...values)
    }
  }
  try {
    return fn()
  } finally {
    Object.assign(Atomics, real)
  }
}
