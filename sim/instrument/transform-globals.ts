// Globals as the transform sees them: those that have a stand-in, those that may be called without asking for a twin,
// and the atomic operations with the number of arguments that makes a direct call of them.

/** Globals that instrumented modules see as stand-ins (`$h.standIns`), where they mention them without declaring them. */
export const STAND_IN_NAMES = [
  'Atomics',
  'BroadcastChannel',
  'Date',
  'EventSource',
  'FinalizationRegistry',
  'Math',
  'MessageChannel',
  'WeakRef',
  'WebSocket',
  'Worker',
  'XMLHttpRequest',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'crypto',
  'fetch',
  'global',
  'globalThis',
  'localStorage',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
] as const

/** Atomic operations: fewest and most arguments of a call that becomes a step in line. */
export const ATOMIC_ARITY: ReadonlyMap<string, readonly [fewest: number, most: number]> = new Map([
  ['load', [2, 2]],
  ['store', [3, 3]],
  ['add', [3, 3]],
  ['sub', [3, 3]],
  ['and', [3, 3]],
  ['or', [3, 3]],
  ['xor', [3, 3]],
  ['exchange', [3, 3]],
  ['compareExchange', [4, 4]],
  ['wait', [3, 4]],
  ['waitAsync', [3, 4]],
  ['notify', [2, 3]],
])

const PURE_FUNCTIONS = new Set([
  'Array',
  'BigInt',
  'Boolean',
  'Error',
  'Number',
  'Object',
  'RangeError',
  'String',
  'Symbol',
  'TypeError',
  'decodeURIComponent',
  'encodeURIComponent',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
])

const PURE_METHODS: Readonly<Record<string, ReadonlySet<string>>> = {
  Array: new Set(['isArray', 'of']),
  ArrayBuffer: new Set(['isView']),
  Atomics: new Set(['isLockFree']),
  BigInt: new Set(['asIntN', 'asUintN']),
  Math: new Set(
    'abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p log2 max min pow round sign sin sinh sqrt tan tanh trunc'.split(
      ' ',
    ),
  ),
  Number: new Set(['isFinite', 'isInteger', 'isNaN', 'isSafeInteger', 'parseFloat', 'parseInt']),
  Object: new Set(
    'assign create defineProperties defineProperty entries freeze fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf hasOwn is isExtensible isFrozen isSealed keys preventExtensions seal setPrototypeOf values'.split(
      ' ',
    ),
  ),
  Reflect: new Set('defineProperty deleteProperty get getOwnPropertyDescriptor getPrototypeOf has ownKeys set setPrototypeOf'.split(' ')),
  String: new Set(['fromCharCode', 'fromCodePoint', 'raw']),
  Symbol: new Set(['for', 'keyFor']),
}

const NATIVE_CONSTRUCTORS = new Set([
  ...STAND_IN_NAMES,
  ...'AbortController AggregateError Array ArrayBuffer BigInt64Array BigUint64Array Blob Boolean CompressionStream DOMException DataView DecompressionStream Error EvalError Event EventTarget File Float32Array Float64Array FormData Function Headers Int16Array Int32Array Int8Array Intl Map Number Object Promise Proxy RangeError ReadableStream ReferenceError RegExp Request Response Set SharedArrayBuffer String SyntaxError TextDecoder TextEncoder TransformStream TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet WebAssembly WritableStream'.split(
    ' ',
  ),
])

/** Whether the global `name` is, or holds, constructors of the engine: none of them runs in steps. */
export function isNativeConstructor(name: string): boolean {
  return NATIVE_CONSTRUCTORS.has(name)
}

/** Whether the global function `name` never calls user code that could be stepped. */
export function isPureFunction(name: string): boolean {
  return PURE_FUNCTIONS.has(name)
}

/** The same for `object.name` of a global object. */
export function isPureMethod(object: string, name: string): boolean {
  return Object.hasOwn(PURE_METHODS, object) && PURE_METHODS[object]?.has(name) === true
}
