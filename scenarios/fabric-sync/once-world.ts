// A fabric with one once that holds a 64-bit value, for the scenarios about it.

import { OnceWords } from '../../invariants/fabric-sync/once-words.js'
import { CellAccess } from '../../primitives/fabric-sync/cell.js'
import { type Codec, u64 } from '../../primitives/fabric-sync/codec.js'
import type { FabricMemory } from '../../primitives/fabric-sync/fabric-memory.js'
import { FabricOnce, openOnce } from '../../primitives/fabric-sync/fabric-once.js'
import { OnceSteps } from '../../primitives/fabric-sync/once-steps.js'
import type { Block } from '../../primitives/fabric-sync/primitive-block.js'
import type { MemLease } from '../../primitives/fabric-sync/public.js'
import type { Session } from '../../primitives/fabric-sync/session.js'
import type { Judged } from '../judged.js'
import { deadlines, type FabricShape, FabricWorld, hostOf, locate } from './fabric-world.js'

/** The pieces of a once that a variant may replace. */
export interface OnceSubject extends Judged {
  readonly cells: new <T>(memory: FabricMemory, codec: Codec<T>) => CellAccess<T>
  readonly steps: new <T>(session: Session, block: Block, cell: CellAccess<T>) => OnceSteps<T>
  /** How parties look at their own leases. */
  readonly sessions?: typeof Session | undefined
}

export const goodOnce: OnceSubject = { cells: CellAccess, steps: OnceSteps }

/** The arena begins with the once. */
export const ONCE_BASE = 0
export const ONCE_CODEC: Codec<bigint> = u64

/** A fabric with an empty once. */
export class OnceWorld extends FabricWorld {
  readonly onceWords: OnceWords

  constructor(shape: FabricShape) {
    const host = hostOf(shape)
    FabricOnce.create(host, ONCE_BASE, ONCE_CODEC)
    super(host, shape)
    this.onceWords = new OnceWords(this.words, ONCE_BASE, ONCE_CODEC.byteLength)
  }
}

/** Where the invariants find the once. */
export const onceOf = (world: OnceWorld): OnceWords => world.onceWords

/** A handle of the once under a lease, made of the subject's pieces. */
export function onceUnder(subject: OnceSubject, lease: MemLease): FabricOnce<bigint> {
  const { steps, cells } = subject
  const { session } = lease
  const block = openOnce(session.memory, ONCE_BASE, ONCE_CODEC)
  return new FabricOnce(new steps(session, block, new cells(session.memory, ONCE_CODEC)))
}

/** The fields of a scenario that show the fabric and the once in reports, and that stop the clock where leases end. */
export const shownOnce = {
  describe: (world: OnceWorld) => ({ ...world.onceWords.describe(), ...world.words.describeLeases() }),
  locate,
  deadlines,
}
