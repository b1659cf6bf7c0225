// The runtime that instrumented code finds: what the contract promises, put together.

import { attachAsync } from './async-functions.js'
import { attachAsyncGenerator } from './async-generators.js'
import { execution, NESTED, SWITCH } from './execution.js'
import { host } from './host.js'
import { endIteration, iterateAsync, iterationError, nextItem, yieldAll, yieldItem } from './instrument/async-iteration.js'
import type { Runtime } from './instrument/contract.js'
import { disposables, disposalError, dispose, disposeError, use, useAsync } from './instrument/disposables.js'
import { importDynamic } from './instrument/import-dynamic.js'
import { importMeta, requireFrom } from './instrument/load.js'
import { attachCalled, attachDerived, attachNew, attachNewTarget, MARK, made, maker } from './instrument/makers.js'
import { awaiting } from './instrument/marks.js'
import { attach, binder, twin } from './instrument/twins.js'
import * as operations from './operations.js'
import { registerSites } from './sites.js'
import { createStandIns } from './stand-ins/stand-ins.js'

const RUNTIME = Symbol.for('heddle.runtime')

const aliasSites = new Map<string, number>()

/** Site of the calls of an aliased operation: `const { load } = Atomics`. One for each operation, without a place. */
function aliasSite(operation: string): number {
  let site = aliasSites.get(operation)
  if (site === undefined) {
    site = registerSites({ file: '', sites: [{ line: 0, column: 0, operation, array: '', index: '' }] })
    aliasSites.set(operation, site)
  }
  return site
}

const standIns = createStandIns({
  ...operations,
  SWITCH,
  aliasSite,
  takeBuffer: (byteLength: number) => execution.buffers.take(byteLength),
})

const runtime: Runtime = {
  SWITCH,
  NESTED,
  module: registerSites,
  load: operations.load,
  store: operations.store,
  add: operations.add,
  sub: operations.sub,
  and: operations.and,
  or: operations.or,
  xor: operations.xor,
  exchange: operations.exchange,
  compareExchange: operations.compareExchange,
  wait: operations.wait,
  waitAsync: operations.waitAsync,
  notify: operations.notify,
  enter: operations.enter,
  attach,
  attachCalled,
  attachNew,
  attachNewTarget,
  attachDerived,
  MARK,
  attachAsync,
  attachAsyncGenerator,
  twin,
  maker,
  made,
  binder,
  awaiting,
  iterateAsync,
  nextItem,
  iterationError,
  endIteration,
  yieldItem,
  yieldAll,
  ...standIns,
  importMeta,
  importDynamic: (specifier, file, options) =>
    host.current === undefined ? importDynamic(specifier, file, options) : execution.imports.ask(specifier, file, options),
  requireFrom,
  disposables,
  use,
  useAsync,
  disposeError,
  disposalError,
  dispose,
}

/** Makes the runtime known to instrumented code. Idempotent. */
export function installRuntime(): void {
  ;(globalThis as Record<symbol, unknown>)[RUNTIME] = runtime
}
