// What `import()` gives to code that runs in an execution.
//
// A module is evaluated once for the process and shared by all peers, and its top level is no part of any execution: it sees the real world, as
// that of a module that is imported statically does. While a module is loaded everybody waits, so time does not tell. But its top
// level may change what other code sees; so an execution in which a module was loaded does not count, and is run again from its start.
// Every execution that counts finds loaded whatever it imports before it begins, and the first does what all others do. The same goes
// for what CommonJS requires.
//
// The promise of an import settles when the microtasks that are due have run, before anybody's next step: in Node it takes longer than
// they do.

import { ENVIRONMENT_FIRST } from './actor.js'
import type { Execution } from './execution.js'
import { HarnessFault } from './harness-fault.js'
import { within } from './heartbeat.js'
import { host } from './host.js'
import { type Imported, type ImportRequest, importedBefore, importRequest, load } from './instrument/import-dynamic.js'
import { displayPath } from './instrument/load-error.js'

/** An import whose promise is pending. */
interface Pending {
  /** Undefined where the arguments could not be converted. */
  readonly request: ImportRequest | undefined
  /** Undefined where it must be loaded. */
  imported: Imported | undefined
  readonly end: (imported: Imported) => void
}

/** A top level that takes longer waits for something that does not come. */
const LOAD_MS_MAX = 10_000
/** So often one execution may be run again. */
const REPEATS_MAX = 100

export class DynamicImports {
  readonly #execution: Execution
  readonly #loadMsMax: number
  #pending: Pending[] = []
  #repeats = 0
  /** What asked for the module that was loaded last in this execution. */
  #loaded: string | undefined

  constructor(execution: Execution, loadMsMax = LOAD_MS_MAX) {
    this.#execution = execution
    this.#loadMsMax = loadMsMax
  }

  /** An execution begins. */
  begin(): void {
    this.#repeats = 0
    this.#reset()
  }

  #reset(): void {
    this.#loaded = undefined
    if (this.#pending.length > 0) this.#pending = []
  }

  /** A module was loaded for what the user's `file` says in `what`. */
  moduleLoaded(what: string, file: string): void {
    this.#loaded = `${what} in ${displayPath(file)}`
  }

  /** Whether a module was loaded in this execution, so that it does not count. */
  get anyLoaded(): boolean {
    return this.#loaded !== undefined
  }

  /** The execution has ended: whether it must be run again, which then begins. Throws a fault of the harness where that would never end. */
  mustRepeat(): boolean {
    const loaded = this.#loaded
    if (loaded === undefined) return false
    if (++this.#repeats > REPEATS_MAX) {
      const { name } = this.#execution.subject
      throw new HarnessFault(
        `scenario "${name}" loads another module each time the same execution is run, lastly for ${loaded}; expected a specifier that depends on nothing that outlives an execution`,
      )
    }
    this.#reset()
    return true
  }

  /** `import(specifier, options)` in the user's `file`. */
  ask(specifier: unknown, file: string, options: unknown): Promise<unknown> {
    const { promise, end } = this.#promise()
    let request: ImportRequest | undefined
    let imported: Imported | undefined
    try {
      request = importRequest(specifier, file, options)
      imported = importedBefore(request)
    } catch (value) {
      imported = { failed: true, value }
    }
    this.#pending.push({ request, imported, end })
    this.#execution.promiseSettled()
    return promise
  }

  /** A promise of the peer that runs, and how to settle it. */
  #promise() {
    const { eventLoop, phase, current } = this.#execution
    const { rejections } = eventLoop
    let end!: (imported: Imported) => void
    const promise = new Promise<unknown>((resolve, reject) => {
      end = ({ failed, value }) => {
        if (!failed) return resolve(value)
        rejections.rejected(promise)
        reject(value)
      }
    })
    if (phase === 'peer' && current.id < ENVIRONMENT_FIRST) rejections.own(promise, current)
    return { promise, end }
  }

  /** Whether somebody waits for a module that is not loaded: {@link load} must be awaited. */
  get mustLoad(): boolean {
    return this.#pending.some(({ imported }) => imported === undefined)
  }

  /** Settles the promises of all imports; false if there are none. */
  settle(): boolean {
    const pending = this.#pending
    if (pending.length === 0) return false
    this.#pending = []
    for (const { end, imported } of pending) end(imported as Imported)
    return true
  }

  /** Loads what is not loaded. Throws a fault of the harness where that does not end. */
  async load(): Promise<void> {
    const { current } = host
    host.current = undefined
    try {
      for (const one of this.#pending) one.imported ??= await this.#load(one.request as ImportRequest)
    } finally {
      host.current = current
    }
  }

  async #load(request: ImportRequest): Promise<Imported> {
    const { specifier, file } = request
    this.moduleLoaded(`import(${JSON.stringify(specifier)})`, file)
    const what = this.#loaded as string
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const { name } = this.#execution.subject
        reject(
          new HarnessFault(
            `scenario "${name}": expected ${what} to end, got no end within ${this.#loadMsMax} ms: the module's top level awaits what does not come`,
          ),
        )
      }, this.#loadMsMax)
    })
    try {
      return await within({ kind: 'loading', file: what }, () => Promise.race([load(request), late]))
    } finally {
      clearTimeout(timer)
    }
  }
}
