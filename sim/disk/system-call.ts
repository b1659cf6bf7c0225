// A system call as an operation: what the scheduler sees, and how it is done.

import type { DiskFault, FileOperation } from './file-operation.js'

/** What distinguishes one kind of call from another. */
export interface CallKind {
  /** One of the kinds `FILE_…` of operation.ts. */
  readonly kind: number
  readonly name: string
  readonly faults: readonly DiskFault[]
}

export interface CallShape {
  readonly path: string
  readonly pathNumber: number
  /** Absent where there are no other arguments. */
  readonly operands?: () => string
  perform(fault: DiskFault | undefined): unknown
  /** Absent where the result is nothing, a number or text. */
  readonly digest?: (result: unknown) => number
}

export class SystemCall implements FileOperation {
  readonly kind: number
  readonly name: string
  readonly faults: readonly DiskFault[]
  readonly path: string
  readonly pathNumber: number
  readonly #shape: CallShape

  constructor({ kind, name, faults }: CallKind, shape: CallShape) {
    this.kind = kind
    this.name = name
    this.faults = faults
    this.path = shape.path
    this.pathNumber = shape.pathNumber
    this.#shape = shape
  }

  get operands(): string {
    return this.#shape.operands?.() ?? ''
  }

  perform(fault: DiskFault | undefined): unknown {
    return this.#shape.perform(fault)
  }

  digest(result: unknown): number {
    return this.#shape.digest === undefined ? digestOf(result) : this.#shape.digest(result)
  }
}

/** A number is its own digest; texts and lists of texts are hashed. */
function digestOf(result: unknown): number {
  if (typeof result === 'number') return result
  if (typeof result === 'boolean') return result ? 1 : 0
  return result === undefined ? 0 : hashBytes(Buffer.from(String(result)))
}

/** FNV-1a, 32 bits. */
export function hashBytes(bytes: Uint8Array, seed = 0x811c9dc5): number {
  let hash = seed
  for (let index = 0; index < bytes.length; index++) hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193)
  return hash | 0
}
