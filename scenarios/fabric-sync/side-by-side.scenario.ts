// All four primitives in one arena, side by side. Two peers race to make each of them, one may die half-way, the lease of one ends; both use what is
// there.

import { type PeerHandle, scenario } from 'heddle'
import { endedLeaseChangesNothing } from '../../invariants/fabric-sync/ended-lease-changes-nothing.js'
import { CREATED, OPERATION_DONE, OPERATION_REFUSED, type Place } from '../../invariants/fabric-sync/fabric-events.js'
import { keepsToItsBytes } from '../../invariants/fabric-sync/keeps-to-its-bytes.js'
import { rangesApart } from '../../invariants/fabric-sync/ranges-apart.js'
import {
  BadLayoutError,
  type Codec,
  FabricBarrier,
  FabricError,
  FabricMutex,
  FabricOnce,
  type MemLease,
  u32,
  WatchReceiver,
  type WatchSender,
  watch,
  watchByteLength,
} from '../../primitives/fabric-sync/public.js'
import { type Judged, judgedBy, nameFor } from '../judged.js'
import { wrongSizeMutex } from '../known-bad/fabric-sync/mutex-wrong-size.js'
import { watchFromTheBegin } from '../known-bad/fabric-sync/watch-forgets-its-base.js'
import { deadlines, FabricWorld, hostOf, locate, OUTLASTING_MS, wordsOf } from './fabric-world.js'
import { requireKind } from './mutex-user.js'
import { begin } from './operate.js'

interface MutexClass {
  byteLength(codec: Codec<unknown>): number
  create<T>(lease: MemLease, baseOffset: number, codec: Codec<T>, initial: T): FabricMutex<T>
}

interface Subject extends Judged {
  readonly mutex: MutexClass
  readonly watch: (lease: MemLease, baseOffset: number, codec: Codec<number>, initial: number, o: { cells: number }) => { sender: WatchSender<number> }
}

const good: Subject = { mutex: FabricMutex, watch }

class World extends FabricWorld {
  readonly subject: Subject
  readonly places: readonly KindPlace[]

  constructor(subject: Subject, places: readonly KindPlace[]) {
    super(hostOf(SHAPE), SHAPE)
    this.subject = subject
    this.places = places
  }
}

/** Where a primitive belongs: right behind the one before. */
interface KindPlace extends Place {
  readonly what: 'mutex' | 'once' | 'barrier' | 'watch'
}

/** The lease of the second peer ends on the way. */
const SHAPE = { leaseMs: [OUTLASTING_MS, 20], rangeCapacity: 6, arenaBytes: 384 }
const PEERS = SHAPE.leaseMs.length
const CELLS = 2
const POLLS = 2
/** A mutex that is tried there too overlaps the first place and the second. */
const ASTRAY = 8

export function sideBySide(subject: Subject) {
  const places = placesFor(subject.mutex)
  return scenario<World>(nameFor('fabric-side-by-side', subject), {
    about: 'two race to make mutex, once, barrier and watch in one arena, and use them',
    peers: PEERS,
    setup: () => new World(subject, places),
    peer: makeAndUse,
    faults: { crashes: 1 },
    ...judgedBy(
      subject,
      [rangesApart(wordsOf), keepsToItsBytes(wordsOf), endedLeaseChangesNothing(wordsOf)],
      ['made', 'lost the race', 'made astray', 'found it half made', 'used what the other made', 'was too late to make one'],
    ),
    describe: (world) => world.words.describeLeases(),
    locate,
    deadlines,
  })
}

function placesFor(mutex: MutexClass): KindPlace[] {
  const sizes = [
    ['mutex', mutex.byteLength(u32)],
    ['once', FabricOnce.byteLength(u32)],
    ['barrier', FabricBarrier.byteLength(PEERS)],
    ['watch', watchByteLength(u32, { cells: CELLS })],
  ] as const
  let baseOffset = 0
  return sizes.map(([what, byteLength]) => {
    const place = { what, baseOffset, byteLength }
    baseOffset += byteLength
    return place
  })
}

function makeAndUse(world: World, me: PeerHandle): void {
  const lease = world.leases[me.id] as MemLease
  if (me.id === 1 && me.random(4) === 0) {
    const place: KindPlace = { what: 'mutex', baseOffset: ASTRAY, byteLength: world.subject.mutex.byteLength(u32) }
    me.sometimes('made astray', make(world, me, lease, place) !== undefined)
  }
  // From both ends, so that each is the first somewhere.
  const count = world.places.length
  for (let step = 0; step < count; step++) {
    const place = world.places[me.id === 0 ? step : count - 1 - step] as KindPlace
    const made = make(world, me, lease, place)
    me.sometimes('made', made !== undefined)
    me.sometimes('lost the race', made === undefined)
    use(lease, me, place, made)
  }
}

type Made = FabricMutex<number> | FabricOnce<number> | FabricBarrier | WatchSender<number>

/** Undefined where another has the bytes, or the lease is over. */
function make(world: World, me: PeerHandle, lease: MemLease, place: KindPlace): Made | undefined {
  const told = begin(me, lease, 'create', place)
  let made: Made
  try {
    made = create(world.subject, lease, place)
  } catch (error) {
    me.event(OPERATION_REFUSED, told)
    if (error instanceof BadLayoutError) return undefined
    requireKind(error, 'LeaseExpired')
    me.sometimes('was too late to make one')
    return undefined
  }
  me.event(OPERATION_DONE, told)
  me.event(CREATED, place)
  return made
}

function create(subject: Subject, lease: MemLease, { what, baseOffset }: KindPlace): Made {
  switch (what) {
    case 'mutex':
      return subject.mutex.create(lease, baseOffset, u32, 0)
    case 'once':
      return FabricOnce.create(lease, baseOffset, u32)
    case 'barrier':
      return FabricBarrier.create(lease, baseOffset, PEERS)
    case 'watch': {
      const { sender } = subject.watch(lease, baseOffset, u32, 0, { cells: CELLS })
      return sender
    }
  }
}

/** One operation on what this peer made, or the other. */
function use(lease: MemLease, me: PeerHandle, place: KindPlace, made: Made | undefined): void {
  const told = begin(me, lease, 'use', place)
  try {
    usePrimitive(lease, me, place, made)
  } catch (error) {
    me.event(OPERATION_REFUSED, told)
    me.sometimes('found it half made', error instanceof BadLayoutError)
    if (!(error instanceof BadLayoutError || error instanceof FabricError)) throw error
    return
  }
  me.event(OPERATION_DONE, told)
  me.sometimes('used what the other made', made === undefined)
}

function usePrimitive(lease: MemLease, me: PeerHandle, { what, baseOffset }: KindPlace, made: Made | undefined): void {
  switch (what) {
    case 'mutex': {
      const mutex = (made ?? FabricMutex.attach(lease, baseOffset, u32)) as FabricMutex<number>
      const guard = mutex.lock(lease.holderId, POLLS)
      guard.set(guard.value + 1)
      guard.release()
      return
    }
    case 'once': {
      const once = (made ?? FabricOnce.attach(lease, baseOffset, u32)) as FabricOnce<number>
      once.getOrInit(lease.holderId, () => me.id + 1, POLLS)
      return
    }
    case 'barrier': {
      const barrier = (made ?? FabricBarrier.attach(lease, baseOffset)) as FabricBarrier
      barrier.wait(POLLS)
      return
    }
    case 'watch': {
      if (made === undefined) {
        const receiver = WatchReceiver.attach(lease, baseOffset, u32)
        receiver.borrow()
      } else {
        const sender = made as WatchSender<number>
        sender.send(me.id + 1)
        sender.send(me.id + 2)
      }
      return
    }
  }
}

export default [
  sideBySide(good),
  sideBySide({
    ...good,
    name: 'mutex-wrong-size',
    mutex: wrongSizeMutex,
    knownBad: { breaks: ['ranges-apart', 'keeps-to-its-bytes'], because: 'its cells reach into the primitive behind it', within: 100, preemptions: 0 },
  }),
  sideBySide({
    ...good,
    name: 'watch-forgets-its-base',
    watch: watchFromTheBegin,
    knownBad: { breaks: ['keeps-to-its-bytes'], because: 'what it sends lands in the cells of the first primitive', within: 100, preemptions: 0 },
    without: ['ranges-apart'],
  }),
]
