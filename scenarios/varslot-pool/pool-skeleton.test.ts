import test from 'ava'
import seedrandom from 'seedrandom'
import { type SlotRef, VarSlotPool } from '../../primitives/varslot-pool/public.js'
import { PoolSkeleton } from '../known-bad/varslot-pool/pool-skeleton.js'
import type { SlotPool, SlotPoolClass } from '../known-bad/varslot-pool/slot-pool.js'
import { codeOf } from './slot-user.js'

const CONFIGS = [
  { slotSize: 8, slotCount: 3 },
  { slotSize: 32, slotCount: 2 },
]
const PEERS = 3
const OPERATIONS = 2000

/** One handle for each peer. */
function open(pool: SlotPoolClass) {
  const options = { peerCapacity: PEERS }
  const buffer = new SharedArrayBuffer(pool.requiredSize(CONFIGS, options))
  const handles: SlotPool[] = [pool.init(buffer, 0, CONFIGS, options)]
  while (handles.length < PEERS) handles.push(pool.attach(buffer, 0, CONFIGS))
  return { handles, words: new Int32Array(buffer) }
}

function codeOrResult(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return codeOf(error) ?? error
  }
}

test('pool-skeleton: one thread of calls gives the results and the bytes of VarSlotPool', (t) => {
  const random = seedrandom('pool-skeleton')
  const draw = (bound: number) => Math.floor(random() * bound)
  const good = open(VarSlotPool)
  const skeleton = open(PoolSkeleton)
  const refs: SlotRef[] = [{ classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 1 }]

  const calls: ((handle: SlotPool, peer: number, ref: SlotRef, other: number) => unknown)[] = [
    (handle, peer) => handle.joinPeer(peer),
    (handle, peer, _ref, other) => handle.allocate(other * 16, peer),
    (handle, peer, _ref, other) => handle.allocate(other * 16, peer),
    (handle, peer, ref) => handle.free(ref, peer),
    (handle, peer, ref) => handle.adopt(ref, peer),
    (handle, _peer, ref) => handle.slotData(ref).length,
    (handle, peer) => handle.leavePeer(peer),
    (handle, peer, _ref, other) => handle.declarePeerDead(other, peer),
    (handle, peer, _ref, other) => handle.reclaimPeerSlots(other, peer, { waitMsMax: 0 }),
  ]
  const seen = new Set<string>()
  for (let operation = 0; operation < OPERATIONS; operation++) {
    const peer = draw(PEERS)
    const other = draw(PEERS)
    const ref = refs[draw(refs.length)] as SlotRef
    const at = draw(calls.length)
    const call = calls[at] as (typeof calls)[number]
    const expected = codeOrResult(() => call(good.handles[peer] as SlotPool, peer, ref, other))
    const actual = codeOrResult(() => call(skeleton.handles[peer] as SlotPool, peer, ref, other))
    t.deepEqual(actual, expected, `operation ${operation}`)
    t.deepEqual(skeleton.words, good.words, `bytes after operation ${operation}`)
    seen.add(`${at} ${typeof expected === 'string' ? expected : 'done'}`)
    if (at === 1 && typeof expected === 'object' && expected !== null) refs.push(expected as SlotRef)
    if (refs.length > 12) refs.shift()
  }
  // Both ways for each call that can be refused.
  for (const outcome of [
    '0 done',
    '0 PEER_STATE',
    '1 done',
    '1 PEER_STATE',
    '3 done',
    '3 VARSLOT_DOUBLE_FREE',
    '4 done',
    '4 VARSLOT_STALE_SLOT',
    '5 done',
    '6 done',
    '6 PEER_STATE',
    '7 done',
    '8 done',
    '8 PEER_STATE',
  ]) {
    t.true(seen.has(outcome), `expected to have seen ${outcome}`)
  }
})
