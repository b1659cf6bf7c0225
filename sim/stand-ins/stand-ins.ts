// The objects that instrumented modules see instead of the globals and of Node's built-in modules.
//
// While an execution runs (`host.current`) time and randomness are virtual and what reaches outside is refused; at all
// other times everything is the real thing. The real globals are never changed. Stand-ins come into being when asked for, since
// some globals are slow to load.

import { createAtomics } from './atomics.js'
import { createBuiltins } from './builtins.js'
import { createCrypto } from './crypto.js'
import { createDate } from './date.js'
import { createFinalizationRegistry } from './finalization-registry.js'
import { createGlobalThis } from './global-this.js'
import { createMath } from './math.js'
import type { Operations } from './operations.js'
import { createLocalStorage, createNavigator, createOutside, OUTSIDE } from './outside.js'
import { createPerformance } from './performance.js'
import { createProcess } from './process.js'
import { createSharedArrayBuffer } from './shared-array-buffer.js'
import { createTimers } from './timers.js'
import { createWeakRef } from './weak-ref.js'

export interface StandIns {
  /** By the global's name. A name is absent where this version of Node has no such global: there the module must see none either. */
  readonly standIns: Readonly<Record<string, unknown>>
  /** What `new SharedArrayBuffer(…)` calls; all other mentions are of the real one. */
  readonly SharedArrayBuffer: SharedArrayBufferConstructor
  /** What `require` gives for a module of Node, with or without `node:`. Members such as `threadId` change: they are to be read where they are used. */
  builtin(name: string): unknown
  /** What `import()` gives for it: the same members, and `default`. */
  builtinNamespace(name: string): object
}

export function createStandIns(operations: Operations): StandIns {
  const standIns: Record<string, unknown> = {}
  const timers = once(() => createTimers())
  const shared = once(() => ({
    process: standIns.process as NodeJS.Process,
    performance: standIns.performance as typeof performance,
    crypto: standIns.crypto as typeof globalThis.crypto,
    timers: timers(),
  }))
  const builtins = createBuiltins(shared)
  const makers: Record<string, () => unknown> = {
    Atomics: () => createAtomics(operations),
    Date: () => createDate(operations),
    FinalizationRegistry: createFinalizationRegistry,
    Math: createMath,
    WeakRef: createWeakRef,
    crypto: createCrypto,
    global: () => standIns.globalThis,
    globalThis: () => createGlobalThis(standIns),
    localStorage: () => createLocalStorage((globalThis as Record<string, unknown>).localStorage as object),
    navigator: () => createNavigator((globalThis as Record<string, unknown>).navigator as object),
    performance: () => createPerformance(operations),
    process: () => createProcess(operations, builtins.find),
  }
  for (const name of OUTSIDE) makers[name] = () => createOutside(name)
  for (const name of TIMERS) makers[name] = () => timers()[name]
  for (const [name, make] of Object.entries(makers)) {
    if (name in globalThis) Object.defineProperty(standIns, name, { get: once(make), enumerable: true, configurable: true })
  }
  return { standIns, SharedArrayBuffer: createSharedArrayBuffer(operations), builtin: builtins.exports, builtinNamespace: builtins.namespace }
}

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask'] as const

/** Calls `make` once, when the result is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly result: T } | undefined
  return () => {
    made ??= { result: make() }
    return made.result
  }
}
