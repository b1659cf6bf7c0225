// Random histories of submissions, flush steps, crashes and restarts against a model that is a list: what is committed is a prefix of what was given a
// number, and holds all that was ever acknowledged (WC-1, WC-7, WC-11). A probabilistic test: it can miss a defect, but what it reports is one.

import test from 'ava'
import fc from 'fast-check'
import { type CommitResult, StorageError, type StorageOperation } from './public.js'
import { type MemoryStorage, recovered, setUp } from './write-coordinator.test.kit.js'

const events = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('submit' as const) },
    { weight: 2, arbitrary: fc.constantFrom('fsync1' as const, 'append' as const, 'drain' as const, 'flush' as const, 'submitAndCommit' as const) },
    { weight: 1, arbitrary: fc.constantFrom('kill' as const, 'power' as const) },
  ),
  { minLength: 5, maxLength: 60, size: 'max' },
)

/** In which call of the storage something happens, and what: a submission, the death of the process, a power failure, an error. */
const plans = fc.array(fc.record({ after: fc.nat(25), what: fc.constantFrom('submit' as const, 'power' as const, 'kill' as const, 'error' as const) }), {
  maxLength: 8,
  size: 'max',
})

class Died extends Error {}

test('histories: whatever happens when, what was acknowledged stays, and nothing else appears', (t) => {
  const seen = { acknowledged: 0, unknown: 0, crashes: 0, errors: 0, lost: 0 }
  fc.assert(
    fc.property(events, plans, fc.array(fc.nat(1), { minLength: 16, maxLength: 16 }), (history, plan, bits) => {
      let bitAt = 0
      const draw = (bound: number) => (bits[bitAt++ % bits.length] as number) % bound
      let bench = setUp(4)
      let txnId = 0
      /** Transactions by number, from 1: the model. */
      const numbered: number[] = []
      const acknowledged = new Set<number>()
      const resultsDue = new Set<number>()
      let callsLeft = plan[0]?.after ?? 1e9
      let planAt = 0
      const before = (operation: StorageOperation, file: string) => {
        if (operation === 'read' || callsLeft-- > 0) return
        const { what } = plan[planAt++] as (typeof plan)[number]
        callsLeft = plan[planAt]?.after ?? 1e9
        if (what === 'submit') submit()
        if (what === 'kill' || what === 'power') throw new Died(what)
        if (what === 'error') {
          seen.errors += 1
          throw new StorageError(file, operation, 'expected a disk that works')
        }
      }
      const deliver = (results: readonly CommitResult[]) => {
        for (const result of results) {
          if (!resultsDue.delete(result.txnId)) throw new Error(`a result of ${result.txnId} that was not due`)
          if (result.kind === 'committed') {
            acknowledged.add(result.txnId)
            seen.acknowledged += 1
            if (result.commitSeq > bench.coordinator.publishedSeq) throw new Error('not published')
          } else seen.unknown += 1
        }
      }
      const submit = () => {
        const paused = bench.storage.before
        bench.storage.before = () => {}
        const one = bench.submission(++txnId)
        bench.storage.before = paused
        if (bench.coordinator.state !== 'open') return
        const outcome = bench.coordinator.submit(one, 0n)
        if (outcome.ok) {
          numbered[outcome.commitSeq - 1] = txnId
          resultsDue.add(txnId)
        } else if (outcome.result.kind !== 'batch-full') throw new Error(outcome.result.kind)
      }
      const restart = (storage: MemoryStorage) => {
        seen.crashes += 1
        resultsDue.clear()
        for (;;) {
          try {
            bench = recovered(storage, 4)
            break
          } catch (error) {
            if (!(error instanceof Died || error instanceof StorageError)) throw error
            storage = storage.crashed(draw)
          }
        }
        bench.storage.before = before
        const tip = bench.coordinator.commitSeqTip
        seen.lost += numbered.length - tip
        numbered.length = Math.min(numbered.length, tip)
        if (numbered.length !== tip) throw new Error(`${tip} commits, of which ${numbered.length} had a number`)
        for (const [at, id] of numbered.entries()) if (bench.coordinator.outcomeOf(id) !== at + 1) throw new Error(`transaction ${id} is not number ${at + 1}`)
        for (const id of acknowledged) if (bench.coordinator.outcomeOf(id) === undefined) throw new Error(`acknowledged transaction ${id} is gone`)
        if (bench.coordinator.publishedSeq !== tip) throw new Error('not published')
      }
      bench.storage.before = before
      for (const event of history) {
        const { coordinator, storage } = bench
        try {
          if (event === 'submit') submit()
          else if (event === 'fsync1') coordinator.fsync1()
          else if (event === 'append') coordinator.appendMarkersAndFsync2()
          else if (event === 'drain') deliver(coordinator.drainCommitted())
          else if (event === 'flush') deliver(coordinator.flushBatch())
          else if (event === 'kill') restart(storage.killed())
          else if (event === 'power') restart(storage.crashed(draw))
          else {
            const id = txnId + 1
            storage.before = () => {}
            const one = bench.submission(id)
            storage.before = before
            txnId = id
            if (coordinator.pendingCount < 4 && coordinator.state === 'open') {
              numbered[coordinator.commitSeqTip] = id
              resultsDue.add(id)
            }
            const result = coordinator.submitAndCommit(one, 0n)
            if (result.kind === 'committed' || result.kind === 'outcome-unknown') deliver([result])
          }
        } catch (error) {
          if (coordinator.state === 'failed') deliver(coordinator.drainCommitted())
          const cause = (error as { cause?: unknown }).cause ?? error
          if (cause instanceof Died) restart(cause.message === 'kill' ? storage.killed() : storage.crashed(draw))
          // The system may have forgotten what it could not write: the process restarts after a power failure.
          else if (cause instanceof StorageError) restart(storage.crashed(draw))
          else throw error
        }
        if (bench.coordinator.state === 'failed') {
          deliver(bench.coordinator.drainCommitted())
          restart(bench.storage.crashed(draw))
        }
        const state = bench.coordinator.inspect()
        if (!(state.publishedSeq <= state.durableSeq && state.durableSeq <= state.allocatedSeq)) throw new Error('published <= durable <= allocated')
        if (state.pending.length > 4) throw new Error('more pending than allowed')
      }
      bench.storage.before = () => {}
      deliver(bench.coordinator.flushBatch())
      return resultsDue.size === 0
    }),
    { numRuns: 2000 },
  )
  t.log(JSON.stringify(seen))
  for (const count of Object.values(seen)) t.true(count > 100)
})
