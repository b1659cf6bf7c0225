// What the stand-ins need of the engine: the operations of stepped twins.

import type { Runtime, Switch } from '../instrument/contract.js'

type AtomicOperations = Pick<
  Runtime,
  'load' | 'store' | 'add' | 'sub' | 'and' | 'or' | 'xor' | 'exchange' | 'compareExchange' | 'wait' | 'waitAsync' | 'notify'
>

export interface Operations extends AtomicOperations {
  readonly SWITCH: Switch
  /** The site for atomics that were called under another name, as in `const { load } = Atomics`: one for each operation, asked for once. */
  aliasSite(operation: string): number
  /** A shared buffer of zero bytes for the execution that runs. */
  takeBuffer(byteLength: number): SharedArrayBuffer
}

// biome-ignore lint/complexity/noBannedTypes: any callable
export type Callable = Function
