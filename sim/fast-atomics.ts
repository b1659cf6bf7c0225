// The common operations of Atomics on an Int32Array, as one thread may do them: with plain accesses, which the engine writes in line.
// A call of Atomics takes some 4 ns more. Other arrays, and operands that need a conversion or an exception, are left to Atomics.

/** Gives the name of a typed array's kind, or undefined; nobody else can answer for it. */
const kindOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Int32Array.prototype), Symbol.toStringTag)?.get as (this: unknown) => string | undefined

/** The word at `index`; undefined where Atomics must do it. */
function wordAt(array: Int32Array, index: number): number | undefined {
  return kindOf.call(array) === 'Int32Array' && typeof index === 'number' ? array[index] : undefined
}

function isInt32(value: number): boolean {
  return typeof value === 'number' && (value | 0) === value
}

export function load(array: Int32Array, index: number): number {
  const found = wordAt(array, index)
  return found === undefined ? Atomics.load(array, index) : found
}

export function store(array: Int32Array, index: number, value: number): number {
  if (wordAt(array, index) === undefined || !isInt32(value)) return Atomics.store(array, index, value)
  array[index] = value
  return value | 0
}

export function add(array: Int32Array, index: number, value: number): number {
  const found = wordAt(array, index)
  if (found === undefined || !isInt32(value)) return Atomics.add(array, index, value)
  array[index] = found + value
  return found
}

export function compareExchange(array: Int32Array, index: number, expected: number, replacement: number): number {
  const found = wordAt(array, index)
  if (found === undefined || !isInt32(expected) || !isInt32(replacement)) return Atomics.compareExchange(array, index, expected, replacement)
  if (found === expected) array[index] = replacement
  return found
}
