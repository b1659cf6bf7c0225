// The storage of real files, and its lock. Errors of the disk are made by putting something in the way; those that cannot be made so are for the
// simulator's disk.

import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import test, { type ExecutionContext } from 'ava'
import { lockDirectory, unlockDirectory } from './directory-lock.js'
import { identityOf, mayRun } from './process-identity.js'
import { BadArgumentError, CapsuleLog, NodeFileStorage, ReleasedError, StorageError, WriteCoordinator } from './public.js'

function newDirectory(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-storage-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const bytes = (...values: number[]) => Uint8Array.from(values)

test('node storage: files grow at their end, are read, synced and cut', (t) => {
  const directory = newDirectory(t)
  const storage = new NodeFileStorage(directory)
  t.is(storage.size('one'), 0)
  t.false(existsSync(join(directory, 'one')))
  t.is(storage.append('one', bytes(1, 2, 3)), 0)
  t.is(storage.append('one', bytes(4, 5)), 3)
  t.is(storage.append('two', bytes(9)), 0)
  t.is(storage.size('one'), 5)
  storage.sync('one')
  t.deepEqual(storage.read('one', 1, 3), bytes(2, 3, 4))
  t.deepEqual(storage.read('one', 5, 0), bytes())
  storage.truncate('one', 2)
  t.is(storage.size('one'), 2)
  t.is(storage.append('one', bytes(7)), 2)
  storage.close()
  t.deepEqual([...readFileSync(join(directory, 'one'))], [1, 2, 7])
  t.deepEqual(readdirSync(directory).sort(), ['one', 'two'])
  const again = new NodeFileStorage(directory)
  t.is(again.size('one'), 3)
  t.is(again.append('one', bytes(8)), 3)
  again.sync('one')
  again.close()
  t.deepEqual([...readFileSync(join(directory, 'one'))], [1, 2, 7, 8])
})

test('node storage: errors', (t) => {
  const directory = newDirectory(t)
  t.throws(() => new NodeFileStorage(''), { instanceOf: BadArgumentError })
  t.throws(() => new NodeFileStorage(undefined as never), { instanceOf: BadArgumentError })
  t.throws(() => new NodeFileStorage(join(directory, 'missing')), { instanceOf: StorageError, code: 'WC_STORAGE' })
  writeFileSync(join(directory, 'file'), '')
  t.throws(() => new NodeFileStorage(join(directory, 'file')), { instanceOf: StorageError })
  const storage = new NodeFileStorage(directory)
  for (const bad of ['', 'A', '../x', 'a/b', 'a.b', 'lock', 'lock-1', undefined, 5, 'x'.repeat(65)]) {
    t.throws(() => storage.size(bad as string), { instanceOf: BadArgumentError })
    t.throws(() => storage.append(bad as string, bytes(1)), { instanceOf: BadArgumentError })
  }
  t.like(
    t.throws(() => storage.sync('none'), { instanceOf: StorageError }),
    { file: 'none', operation: 'sync' },
  )
  t.like(
    t.throws(() => storage.truncate('none', 0), { instanceOf: StorageError }),
    { file: 'none', operation: 'truncate' },
  )
  t.like(
    t.throws(() => storage.read('none', 0, 1), { instanceOf: StorageError }),
    { file: 'none', operation: 'read' },
  )
  storage.append('one', bytes(1, 2))
  t.like(
    t.throws(() => storage.read('one', 1, 2), { instanceOf: StorageError }),
    { file: 'one', operation: 'read' },
  )
  for (const bad of [-1, 3, 0.5, '1']) t.throws(() => storage.truncate('one', bad as number), { instanceOf: BadArgumentError })
  mkdirSync(join(directory, 'folder'))
  t.throws(() => storage.size('folder'), { instanceOf: StorageError })
  storage.close()
  for (const call of [() => storage.close(), () => storage.size('one'), () => storage.append('one', bytes(1)), () => storage.sync('one')]) {
    t.throws(call, { instanceOf: ReleasedError, code: 'RELEASED' })
  }
})

test('node storage: a file that somebody else writes to is not written to', (t) => {
  const directory = newDirectory(t)
  const storage = new NodeFileStorage(directory)
  t.teardown(() => storage.close())
  storage.append('one', bytes(1, 2))
  appendFileSync(join(directory, 'one'), 'x')
  const error = t.throws(() => storage.append('one', bytes(3)), { instanceOf: StorageError, message: /somebody else writes/ })
  t.like(error, { file: 'one', operation: 'append' })
  t.deepEqual([...readFileSync(join(directory, 'one'))], [1, 2, 120])
  t.throws(() => storage.sync('one'), { instanceOf: StorageError })
  storage.append('two', bytes(1, 2))
  truncateSync(join(directory, 'two'), 1)
  t.throws(() => storage.append('two', bytes(3)), { instanceOf: StorageError })
})

/** Runs a program in a process whose files may have at most so many blocks of 1,024 bytes. */
function runLimited(program: string, directory: string, blocks: number): { status: number | null; out: string } {
  const storage = new URL('./node-file-storage.js', import.meta.url).href
  const source = `import { NodeFileStorage } from '${storage}'
    process.on('SIGXFSZ', () => {})
    const storage = new NodeFileStorage(${JSON.stringify(directory)})
    ${program}`
  const file = join(directory, 'program.mjs')
  writeFileSync(file, source)
  // What measures coverage would write a file too large at the end.
  const env = { ...process.env, NODE_V8_COVERAGE: undefined }
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `ulimit -f ${blocks}; exec "${process.execPath}" "${file}"`], { encoding: 'utf8', env })
  return { status, out: stdout + stderr }
}

test('node storage: an append that fails in the middle is undone', (t) => {
  const directory = newDirectory(t)
  // The system writes a part, and then refuses: file too large.
  const { status, out } = runLimited(
    `storage.append('one', new Uint8Array(600).fill(1))
     storage.sync('one')
     try {
       storage.append('one', new Uint8Array(8000).fill(2))
       console.log('no error')
     } catch (error) {
       console.log(error.code, error.operation, error.cause?.code)
     }
     console.log(storage.size('one'), storage.append('one', new Uint8Array(4).fill(3)))
     storage.sync('one')`,
    directory,
    2,
  )
  t.is(out, 'WC_STORAGE append EFBIG\n600 600\n')
  t.is(status, 0)
  t.deepEqual([...readFileSync(join(directory, 'one'))], [...Array(600).fill(1), ...Array(4).fill(3)])
})

test('lock: a second instance is refused, in this thread, in another one, and in another process', async (t) => {
  const directory = newDirectory(t)
  const storage = new NodeFileStorage(directory)
  const refused = { instanceOf: StorageError, message: /in use/ }
  t.throws(() => new NodeFileStorage(directory), refused)
  const module = new URL('./node-file-storage.js', import.meta.url).href
  const program = `import('${module}').then(({ NodeFileStorage }) => { try { new NodeFileStorage(${JSON.stringify(directory)}); console.log('opened') } catch (error) { console.log(error.code) } })`
  const worker = new Worker(program, { eval: true, stdout: true })
  let printed = ''
  worker.stdout.on('data', (chunk) => {
    printed += chunk
  })
  await new Promise((resolve) => worker.stdout.on('end', resolve))
  t.is(printed, 'WC_STORAGE\n')
  t.is(spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' }).stdout, 'WC_STORAGE\n')
  t.deepEqual(readdirSync(directory), ['lock'])
  storage.close()
  t.deepEqual(readdirSync(directory), [])
  t.is(spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' }).stdout, 'opened\n')
  // That process ended without closing.
  t.deepEqual(readdirSync(directory), ['lock'])
  new NodeFileStorage(directory).close()
  t.deepEqual(readdirSync(directory), [])
})

test('lock: that of a process which was killed is taken over', async (t) => {
  const directory = newDirectory(t)
  const module = new URL('./node-file-storage.js', import.meta.url).href
  const program = `import('${module}').then(({ NodeFileStorage }) => { new NodeFileStorage(${JSON.stringify(directory)}); console.log('open'); setInterval(() => {}, 1000) })`
  const child = spawn(process.execPath, ['-e', program])
  await new Promise((resolve) => child.stdout.once('data', resolve))
  t.throws(() => new NodeFileStorage(directory), { instanceOf: StorageError })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
  const storage = new NodeFileStorage(directory)
  t.deepEqual(readdirSync(join(directory, 'lock')), [identityOf(process.pid)])
  storage.close()
})

const DEAD_PID = 4_194_305

test('lock: of an earlier process with our own id, of one that is gone, and one without a name', (t) => {
  const directory = newDirectory(t)
  const lock = join(directory, 'lock')
  const own = identityOf(process.pid)
  const stale = [`${DEAD_PID}-unknown`, `${DEAD_PID}-x.5`]
  if (process.platform === 'linux') stale.push(`${process.pid}-00000000-0000-0000-0000-000000000000.5`, `${own}0`, `${process.ppid}-x.5`)
  for (const name of stale) {
    mkdirSync(lock)
    writeFileSync(join(lock, name), '')
    t.false(mayRun(name), name)
    const held = lockDirectory(directory)
    t.deepEqual(readdirSync(lock), [own])
    unlockDirectory(held)
    t.false(existsSync(lock))
  }
  // Whoever made it died before, or let it go and died.
  mkdirSync(lock)
  unlockDirectory(lockDirectory(directory))
  // More than one name is left where a takeover was broken off.
  mkdirSync(lock)
  for (const name of stale) writeFileSync(join(lock, name), '')
  unlockDirectory(lockDirectory(directory))
})

test('lock: in doubt it is held', (t) => {
  const directory = newDirectory(t)
  const lock = join(directory, 'lock')
  for (const name of [`${process.pid}-unknown`, identityOf(process.pid), identityOf(process.ppid), 'something', '-1-x']) {
    mkdirSync(lock)
    writeFileSync(join(lock, name), '')
    t.true(mayRun(name), name)
    t.throws(() => lockDirectory(directory), { instanceOf: StorageError, message: /in use/ })
    t.deepEqual(readdirSync(directory), ['lock'])
    t.deepEqual(readdirSync(lock), [name])
    rmSync(lock, { recursive: true })
  }
  writeFileSync(lock, 'of somebody else')
  t.throws(() => lockDirectory(directory), { instanceOf: StorageError })
  t.is(readFileSync(lock, 'utf8'), 'of somebody else')
})

test('lock: of many processes that take over a dead one at the same time, one has it', async (t) => {
  const directory = newDirectory(t)
  const module = new URL('./directory-lock.js', import.meta.url).href
  const lock = join(directory, 'lock')
  const program = `import { lockDirectory } from '${module}'
    process.stdin.once('data', () => {
      try { lockDirectory(${JSON.stringify(directory)}); console.log('held') } catch (error) { console.log(error.code) }
    })
    process.stdin.on('end', () => process.exit())
    console.log('ready')`
  for (let round = 0; round < 3; round++) {
    rmSync(lock, { recursive: true, force: true })
    mkdirSync(lock)
    writeFileSync(join(lock, `${DEAD_PID}-x.${round}`), '')
    const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '-e', program]))
    const answer = (child: (typeof children)[number]) => new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk).trim())))
    t.deepEqual(await Promise.all(children.map(answer)), Array(6).fill('ready'))
    const answers = Promise.all(children.map(answer))
    for (const child of children) child.stdin.write('go')
    t.deepEqual((await answers).sort(), [...Array(5).fill('WC_STORAGE'), 'held'])
    const ended = Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))))
    for (const child of children) child.stdin.end()
    await ended
  }
})

test('capsule log: capsules stand one behind the other, at multiples of 8', (t) => {
  const directory = newDirectory(t)
  const storage = new NodeFileStorage(directory)
  const capsules = new CapsuleLog(storage)
  t.throws(() => capsules.append(bytes(1)), { instanceOf: StorageError, message: /that a coordinator was made on/ })
  new WriteCoordinator('solo', 0, 1, storage)
  t.like(capsules.append(bytes(1, 2, 3)), { offset: 64, length: 3 })
  t.like(capsules.append(new Uint8Array(new SharedArrayBuffer(8)).fill(1)), { offset: 88, length: 8 })
  t.like(capsules.append(Buffer.from('x')), { offset: 112, length: 1 })
  t.is(storage.size('capsules'), 136)
  for (const bad of [undefined, null, 'abc', [1], new Uint16Array(1), new ArrayBuffer(1), new Uint8Array(0)]) {
    t.throws(() => capsules.append(bad as never), { instanceOf: BadArgumentError })
  }
  storage.close()
  // What a crash may leave: the next one begins at a multiple of 8 all the same.
  truncateSync(join(directory, 'capsules'), 115)
  const again = new NodeFileStorage(directory)
  WriteCoordinator.recover('solo', 1, again)
  t.like(new CapsuleLog(again).append(bytes(1)), { offset: 120, length: 1 })
  t.is(statSync(join(directory, 'capsules')).size, 144)
  again.close()
})
