// Three threads compute in rounds: they meet at a barrier after each, one initialises what all need, and a watch shows how far they are. Then
// one dies in the middle of a round; the others notice when its lease ends, a replacement takes its seat, and the round is done again.
//
// Run: `node dist/primitives/examples/fabric-meeting.example.js`

import { parentPort, Worker, workerData } from 'node:worker_threads'
import { Fabric, FabricBarrier, FabricError, FabricOnce, MemBuilder, u32, WatchReceiver, watch } from '../fabric-sync/public.js'

const OPTIONS = { arenaBytes: 1024 }
const BARRIER = 0
const FACTOR = 256
const FACTOR_VALUE = 6
const PROGRESS = 512
const HOST = 1
const PARTIES = 3
const ROUNDS = 4
const DEADLY_ROUND = 2
const LEASE_MS = 300
/** Shorter than a lease, in ms: a lease is not renewed while its holder waits. */
const POLLS = 50

interface Task {
  readonly buffer: SharedArrayBuffer
  readonly holderId: number
  readonly diesInRound: number | undefined
}

function host(): void {
  const buffer = new SharedArrayBuffer(Fabric.byteLength(OPTIONS))
  const lease = new MemBuilder(Fabric.create(buffer, 0, OPTIONS)).holderId(HOST).leaseMs(60_000).acquire()
  FabricBarrier.create(lease, BARRIER, PARTIES)
  FabricOnce.create(lease, FACTOR, u32)
  const { sender } = watch(lease, PROGRESS, u32, 0)
  let holderId = HOST
  let done = 0
  const start = (diesInRound?: number): void => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { buffer, holderId: ++holderId, diesInRound } satisfies Task })
    worker.on('message', (line: string | number) => {
      if (typeof line === 'string') console.log(line)
      // A round is told by each member; the watch keeps the highest.
      else if (line > sender.version) sender.send(line)
    })
    worker.on('exit', (code) => {
      if (code === 0) done += 1
      else {
        console.log('one died: its replacement starts')
        start()
      }
      if (done < PARTIES) return
      const progress = WatchReceiver.attach(lease, PROGRESS, u32)
      console.log(
        `all ${PARTIES} have done ${progress.borrow()} rounds; the factor was initialised ${FabricOnce.attach(lease, FACTOR, u32).inspect().attempt} time`,
      )
      lease.release()
    })
  }
  for (let party = 1; party <= PARTIES; party++) start(party === PARTIES ? DEADLY_ROUND : undefined)
}

function member({ buffer, holderId, diesInRound }: Task): void {
  const lease = new MemBuilder(Fabric.attach(buffer, 0)).holderId(holderId).leaseMs(LEASE_MS).acquire()
  const barrier = FabricBarrier.attach(lease, BARRIER)
  const factor = FabricOnce.attach(lease, FACTOR, u32).getOrInit(holderId, () => FACTOR_VALUE, LEASE_MS)
  // Who replaces another waits here for its seat.
  while (!hasSeat(barrier)) lease.renew()
  for (let round = barrier.generation(); round < ROUNDS; ) {
    lease.renew()
    if (round === diesInRound) process.exit(1)
    // Here the members would compute, with the factor that all of them have.
    if (factor !== FACTOR_VALUE) throw new Error(`expected the factor ${FACTOR_VALUE}, got ${factor}`)
    try {
      round = barrier.wait(POLLS)
      parentPort?.postMessage(round)
    } catch (error) {
      if (!(error instanceof FabricError)) throw error
      if (error.kind === 'Timeout') continue
      if (error.kind !== 'LeaseExpired' || !lease.isActive()) throw error
      resetOnce(barrier)
    }
  }
  barrier.leave()
  lease.release()
}

function hasSeat(barrier: FabricBarrier): boolean {
  try {
    barrier.join()
    return true
  } catch (error) {
    if (error instanceof FabricError && error.kind === 'CapacityExceeded') return false
    throw error
  }
}

/** Resets the barrier, unless another was faster. */
function resetOnce(barrier: FabricBarrier): void {
  try {
    barrier.reset()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'BAD_ARGUMENT')) throw error
  }
}

const task = workerData as Task | null | undefined
if (task?.buffer === undefined) host()
else member(task)
