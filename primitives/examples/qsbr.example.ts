// A configuration that two workers read without locks while the host replaces it. Each version lies in a slot of a pool; a link says which one is
// current. The host retires the old version, and its slot is used again once both workers have passed. Then one worker dies in the middle of a
// read, and the host evicts it, so that freeing goes on.
//
// Run: `node dist/primitives/examples/qsbr.example.js`

import { parentPort, Worker, workerData } from 'node:worker_threads'
import { SharedManager } from '../qsbr/public.js'
import { type SlotRef, VarSlotPool } from '../varslot-pool/public.js'

const CONFIGS = [{ slotSize: 64, slotCount: 4 }]
const HOST = 0
const VERSIONS = 40
/** Word of the control block: generation * 4 + slot index of the current version. */
const LINK = 0
/** Set when the workers shall end. */
const STOP = 1
const SLOTS = 4

interface Shared {
  readonly id: number
  readonly manager: SharedArrayBuffer
  readonly pool: SharedArrayBuffer
  readonly control: SharedArrayBuffer
}

async function host(): Promise<void> {
  const manager = SharedManager.create({ executorCapacity: 3, epochMsMin: 0 })
  const poolBuffer = new SharedArrayBuffer(VarSlotPool.requiredSize(CONFIGS))
  const pool = VarSlotPool.init(poolBuffer, 0, CONFIGS)
  pool.joinPeer(HOST)
  const control = new Int32Array(new SharedArrayBuffer(8))
  const local = manager.registerNewExecutor(HOST)
  let current = publish(pool, control, 0) as SlotRef

  const workers = [1, 2].map((id) => {
    const input: Shared = { id, manager: manager.buffer, pool: poolBuffer, control: control.buffer as SharedArrayBuffer }
    return new Worker(new URL(import.meta.url), { workerData: input })
  })
  const [patient, doomed] = workers as [Worker, Worker]
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))))
  const summary = new Promise((resolve) => patient.once('message', resolve))

  for (let version = 1; version <= VERSIONS; ) {
    const next = publish(pool, control, version)
    if (next !== undefined) {
      // The link leads to the new version by now: the old one is unlinked, and may be retired.
      local.scheduleDeallocate(pool.reclaimerFor(HOST), current)
      current = next
      version += 1
      if (version === VERSIONS / 2) {
        await doomed.terminate()
        console.log(`worker 2 died: until it is evicted, ${manager.executors().registered} executors are waited for`)
        manager.forceDeregister(2)
      }
    }
    // Between two rounds the host holds no reference to a retired version.
    local.maybePassEpoch(performance.now())
    await new Promise((resolve) => setImmediate(resolve))
  }
  Atomics.store(control, STOP, 1)
  console.log(await summary)
  local.deregister()
  console.log(`${VERSIONS} versions went through ${SLOTS} slots; ${pool.inspect().classes[0]?.freeList.length} are free again, and one is current`)
  manager.close()
}

/** Writes a version into a slot and links it; undefined while all slots are in use. */
function publish(pool: VarSlotPool, control: Int32Array, version: number): SlotRef | undefined {
  const ref = pool.allocate(64, HOST)
  if (ref === undefined) return undefined
  new Int32Array(pool.slotDataMut(ref).buffer, pool.slotDataMut(ref).byteOffset, 16).fill(version)
  Atomics.store(control, LINK, ref.generation * SLOTS + ref.slotIdx)
  return ref
}

/** Reads the current version over and over: its 16 words are always of one version. */
function reader({ id, manager, pool, control }: Shared): void {
  const local = SharedManager.attach(manager, 0).registerNewExecutor(id)
  const slots = VarSlotPool.attach(pool, 0, CONFIGS)
  const link = new Int32Array(control)
  parentPort?.postMessage('registered')
  let reads = 0
  let last = -1
  let versions = 0
  while (Atomics.load(link, STOP) === 0) {
    const word = Atomics.load(link, LINK)
    const bytes = slots.slotData({ classIdx: 0, extentIdx: 0, slotIdx: word % SLOTS, generation: Math.floor(word / SLOTS) })
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, 16)
    const version = words[0] as number
    if (!words.every((one) => one === version)) throw new Error(`expected one version, got ${words.join(' ')}`)
    if (version !== last) versions += 1
    last = version
    reads += 1
    // Here the worker lets go of the slot.
    local.maybePassEpoch(performance.now())
  }
  local.deregister()
  parentPort?.postMessage(`worker ${id} saw ${versions > 1 ? 'many' : 'too few'} versions${reads > 0 ? ', each in one piece' : ''}`)
}

if (workerData?.manager instanceof SharedArrayBuffer) reader(workerData as Shared)
else await host()
