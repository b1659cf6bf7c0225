import test from 'ava'
import { CorruptStateError } from './errors.js'
import { PEER_ENTRY_BYTES, PeerTable } from './peer-table.js'
import { LOCK_FREE, lockHolderOf, lockWord, takeRecoveryLock } from './recovery-lock.js'
import { WaitBudget } from './wait-budget.js'

const PEERS = 3
const LOCK_INDEX = 0
/** The peers' entries begin behind the lock, at the next cache line. */
const FIRST_ENTRY = PEER_ENTRY_BYTES / 4

/** A lock and its peers, joined. `take` waits for nobody. */
function setUp() {
  const words = new Int32Array(new SharedArrayBuffer(PEER_ENTRY_BYTES * (PEERS + 1)))
  const peers = new PeerTable(words, FIRST_ENTRY, PEERS)
  for (let peer = 0; peer < PEERS; peer++) peers.join(peer)
  const budgetOf = (byPeer: number) => new WaitBudget(peers, byPeer, 0)
  const take = (byPeer: number, budget = budgetOf(byPeer)) => takeRecoveryLock(words, LOCK_INDEX, peers, byPeer, budget)
  return { words, peers, budgetOf, take }
}

test('recovery lock: the word names its holder, and differs between two lives of one id', (t) => {
  t.is(lockHolderOf(LOCK_FREE), undefined)
  for (const peer of [0, 1, 255]) {
    t.is(lockHolderOf(lockWord(peer, 1)), peer)
    t.is(lockHolderOf(peer + 1), peer)
    t.not(lockWord(peer, 1), lockWord(peer, 2))
    t.true(lockWord(peer, 2 ** 30 - 1) > 0)
  }
})

test('recovery lock: it is taken when free, and again by its holder', (t) => {
  const { words, take } = setUp()
  t.true(take(1))
  t.is(words[LOCK_INDEX], lockWord(1, 1))
  t.true(take(1))
  t.is(words[LOCK_INDEX], lockWord(1, 1))
})

test('recovery lock: a LIVE holder keeps it and is named; a DEAD one is replaced', (t) => {
  const { words, peers, budgetOf, take } = setUp()
  t.true(take(1))
  const budget = budgetOf(2)
  t.false(take(2, budget))
  t.is(budget.blockedBy, 1)
  t.is(lockHolderOf(words[LOCK_INDEX] as number), 1)
  peers.declareDead(1, 0)
  t.true(take(2))
  t.is(lockHolderOf(words[LOCK_INDEX] as number), 2)
})

test('recovery lock: a holder that left is waited for, but not named', (t) => {
  const { words, peers, budgetOf, take } = setUp()
  t.true(take(1))
  peers.leave(1)
  const budget = budgetOf(2)
  t.false(take(2, budget))
  t.is(budget.blockedBy, undefined)
  t.is(lockHolderOf(words[LOCK_INDEX] as number), 1)
})

test('recovery lock: a holder that cannot be stops the taker', (t) => {
  const { words, take } = setUp()
  words[LOCK_INDEX] = lockWord(PEERS, 1)
  t.throws(() => take(0), { instanceOf: CorruptStateError, message: 'expected a peer below 3 to hold the recovery lock, got 3' })
})
