// The reclaim lock of a dead reclaimer, whose id gets a new user that takes the lock itself: a host that looked at the lock before
// must not take it for the dead one's.
//
// The execution starts where two peers have died: `dead` with a slot in limbo, and `reclaimer` with the reclaim lock.

import { type PeerHandle, scenario } from 'heddle'
import { freeListSound, noSlotListedAndHeld, nothingLeaked, reclaimTakesOnlyFromTheDead } from 'heddle/invariants'
import { lockWord } from '../../primitives/recovery-lock.js'
import { INTENT_ALLOC, intentWord } from '../../primitives/slot-intent.js'
import { formatOf } from '../../primitives/varslot-pool/layout.js'
import { LOCK_INDEX, mapPool } from '../../primitives/varslot-pool/memory.js'
import { judgedBy, nameFor } from '../judged.js'
import { ReclaimLockWithoutEpochPool } from '../known-bad/varslot-pool/reclaim-lock-without-epoch.js'
import type { SlotPool } from '../known-bad/varslot-pool/slot-pool.js'
import { Fate, RECLAIMED, RUNNING } from './fate.js'
import { locate, memoryOf, type PoolWorld, SLOT_SIZE, smallWorld } from './pool-world.js'
import { SlotUser } from './slot-user.js'
import { good, type Subject } from './subject.js'

export interface World extends PoolWorld {
  /** The handle of the new peer; it joins under the dead reclaimer's id. */
  readonly heirPool: SlotPool
  readonly fateOfReclaimer: Fate
}

const HOST = 0
const OTHER_HOST = 1
const RECLAIMER = 2
const DEAD = 3
const IDS = 4
const CONFIGS = [{ slotSize: SLOT_SIZE, slotCount: 2 }]
/** The slot that is in limbo, and the one that is listed. */
const LOST_SLOT = 0
const LISTED_SLOT = 1
const ATTEMPTS_MAX = 5

/** @param epoch the life in which the dead reclaimer took the lock, as the pool writes it there */
export function lockReuse(subject: Subject, epoch: number) {
  return scenario<World>(nameFor('varslot-lock-reuse', subject), {
    about: 'a host takes over the lock of a dead reclaimer while its id gets a new user that locks again',
    peers: { host: 1, 'other host': 1, heir: 1 },
    setup() {
      const world = smallWorld(subject, CONFIGS[0]?.slotCount ?? 0, IDS)
      for (const peer of [RECLAIMER, DEAD]) world.pools[HOST]?.declarePeerDead(peer, HOST)
      leaveBehind(world.buffer, epoch)
      return { ...world, heirPool: subject.pool.attach(world.buffer, 0, CONFIGS), fateOfReclaimer: new Fate() }
    },
    peer: {
      host(world, me) {
        reclaim(new SlotUser(world.pools[HOST] as SlotPool, HOST, me), DEAD, me)
      },
      'other host'(world, me) {
        reclaim(new SlotUser(world.pools[OTHER_HOST] as SlotPool, OTHER_HOST, me), RECLAIMER, me)
        world.fateOfReclaimer.set(RECLAIMED)
      },
      heir(world, me) {
        world.fateOfReclaimer.waitWhile(RUNNING)
        if (world.heirPool.peerState(RECLAIMER) !== 'empty') return
        world.heirPool.joinPeer(RECLAIMER)
        me.sometimes('the id has a new user')
        reclaim(new SlotUser(world.heirPool, RECLAIMER, me), DEAD, me)
      },
    },
    ...judgedBy(
      subject,
      [freeListSound(memoryOf), noSlotListedAndHeld(memoryOf), nothingLeaked(memoryOf), reclaimTakesOnlyFromTheDead(memoryOf)],
      ['the id has a new user', 'recovered'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

/** What the two dead peers left: a slot popped and not marked, named by the intent; the reclaim lock taken. */
function leaveBehind(buffer: SharedArrayBuffer, epoch: number): void {
  const { words, heads, peers, classes, taggedHead } = mapPool(buffer, 0, formatOf(CONFIGS, IDS))
  words[LOCK_INDEX] = lockWord(RECLAIMER, epoch)
  words[peers.intentIndex(DEAD)] = intentWord(INTENT_ALLOC, 0, LOST_SLOT)
  heads[classes[0]?.headIndex ?? 0] = taggedHead.join(LISTED_SLOT, 1)
}

/** Reclaims a dead peer, unless somebody else has done it by then. */
function reclaim(user: SlotUser, peer: number, me: PeerHandle): void {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const report = user.tryReclaim(peer)
    me.sometimes('recovered', report?.recoveredLimbo === 1)
    if (report === undefined || report.complete) return
    me.sleep(1)
  }
}

export default [
  lockReuse(good, 1),
  lockReuse(
    {
      name: 'reclaim-lock-without-epoch',
      pool: ReclaimLockWithoutEpochPool,
      knownBad: { breaks: ['free-list-sound'], because: 'the lock of a dead reclaimer looks like that of the next user of its id', within: 100_000 },
    },
    0,
  ),
]
