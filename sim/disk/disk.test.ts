import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import test from 'ava'
import { Rig, syncDirectory, writeSynced } from './rig.test.support.js'
import { MODES } from './survival.js'

test('disk: it begins with the root, folders for temporary files and the working directory', (t) => {
  const rig = new Rig()
  for (let path = process.cwd(); path !== '/'; path = dirname(path))
    t.true(
      rig.run((fs) => fs.statSync(path).isDirectory()),
      path,
    )
  t.true(rig.run((fs) => fs.existsSync('/tmp') && fs.existsSync(tmpdir())))
  rig.disk.powerFailure()
  t.true(rig.run((fs) => fs.existsSync(process.cwd()) && fs.existsSync(tmpdir())))
  t.deepEqual(rig.asked, [])
})

test('disk: the working directory is there again after a power failure', (t) => {
  const rig = new Rig()
  rig.run((fs) => {
    fs.rmdirSync(process.cwd())
    syncDirectory(fs, dirname(process.cwd()))
    t.throws(() => fs.writeFileSync('f', 'abc'), { code: 'ENOENT' })
  })
  rig.disk.powerFailure()
  t.notThrows(() => rig.run((fs) => fs.writeFileSync('f', 'abc')))
  t.true(rig.run((fs) => fs.existsSync(`${process.cwd()}/f`)))
})

test('disk: untouched it asks nothing, has no version and is reset for free', (t) => {
  const { disk, asked } = new Rig()
  t.is(disk.version, 0)
  t.deepEqual(disk.powerFailure(), [])
  t.deepEqual(disk.unsynced(), [])
  t.is(disk.view('/tmp/f'), undefined)
  t.is(disk.durableFiles().size, 0)
  disk.reset()
  t.deepEqual(asked, [])
})

test('disk: a reset empties it', (t) => {
  const rig = new Rig()
  rig.run((fs) => fs.writeFileSync('/tmp/f', 'abc'))
  t.not(rig.disk.version, 0)
  rig.disk.reset()
  t.is(rig.disk.version, 0)
  t.false(rig.run((fs) => fs.existsSync('/tmp/f')))
})

test('disk: a power failure closes all descriptors', (t) => {
  const rig = new Rig()
  rig.answers = [MODES.indexOf('everything')]
  const fd = rig.run((fs) => fs.openSync('/tmp/f', 'w'))
  rig.run((fs) => fs.writeSync(fd, 'abc'))
  rig.disk.powerFailure()
  t.throws(() => rig.run((fs) => fs.writeSync(fd, 'def')), { code: 'EBADF' })
  t.is(
    rig.run((fs) => fs.readFileSync('/tmp/f', 'utf8')),
    'abc',
  )
})

test('disk: what survived a power failure is durable', (t) => {
  const rig = new Rig()
  rig.answers = [MODES.indexOf('everything')]
  rig.run((fs) => fs.writeFileSync('/tmp/f', 'abc'))
  rig.disk.powerFailure()
  t.deepEqual(rig.disk.unsynced(), [])
  rig.disk.powerFailure()
  t.is(
    rig.run((fs) => fs.readFileSync('/tmp/f', 'utf8')),
    'abc',
  )
})

test('disk: descriptors are the lowest free numbers', (t) => {
  const rig = new Rig()
  rig.run((fs) => {
    const open = () => fs.openSync('/tmp/f', 'w')
    t.deepEqual([open(), open(), open()], [20, 21, 22])
    fs.closeSync(21)
    fs.closeSync(20)
    t.deepEqual([open(), open(), open()], [20, 21, 23])
  })
})

test('disk: the version rises with changes and with durability, not with reads', (t) => {
  const rig = new Rig()
  const changes = (act: (fs: typeof import('node:fs')) => unknown) => {
    const before = rig.disk.version
    rig.run(act)
    return rig.disk.version > before
  }
  let fd = 0
  t.true(changes((fs) => (fd = fs.openSync('/tmp/f', 'w+'))))
  t.true(changes((fs) => fs.writeSync(fd, 'abc')))
  t.true(changes((fs) => fs.fsyncSync(fd)))
  t.false(changes((fs) => fs.fsyncSync(fd)))
  t.false(changes((fs) => [fs.readSync(fd, Buffer.alloc(3)), fs.readdirSync('/tmp'), fs.statSync('/tmp/f')]))
  t.true(changes((fs) => syncDirectory(fs, '/tmp')))
  t.true(changes((fs) => fs.renameSync('/tmp/f', '/tmp/g')))
  t.true(changes((fs) => fs.ftruncateSync(fd, 1)))
})

test('disk: view shows what reads see, what is durable, and what may survive', (t) => {
  const rig = new Rig()
  rig.run((fs) => {
    writeSynced(fs, '/tmp/f', 'abc')
    fs.appendFileSync('/tmp/f', 'def')
    fs.writeSync(fs.openSync('/tmp/f', 'r+'), 'X', 600)
  })
  const view = rig.disk.view('/tmp/f')
  const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes as Uint8Array).toString('latin1')
  t.is(text(view?.current).replaceAll('\0', ''), 'abcdefX')
  t.is(text(view?.durable), 'abc')
  t.deepEqual(view?.sizes, [3, 6, 601])
  t.deepEqual([...(view?.sectors.keys() ?? [])], [0, 1])
  t.deepEqual(
    view?.sectors.get(0)?.map((bytes) => [bytes.length, text(bytes).replaceAll('\0', '')]),
    [
      [512, 'abc'],
      [512, 'abcdef'],
    ],
  )
  t.is(rig.disk.view('/tmp/g'), undefined)
  t.is(rig.disk.view('/tmp'), undefined)
  t.is(rig.disk.view('/tmp/f/g'), undefined)
})

test('disk: a view stays as it is, and is the same one until the file changes', (t) => {
  const rig = new Rig()
  const view = (act: Parameters<typeof rig.run>[0]) => {
    rig.run(act)
    return rig.disk.view('/tmp/f')
  }
  const fd = rig.run((fs) => fs.openSync('/tmp/f', 'w+'))
  const first = view((fs) => fs.writeSync(fd, 'abc'))
  t.is(
    view((fs) => {
      fs.readSync(fd, Buffer.alloc(3), 0, 3, 0)
      fs.writeFileSync('/tmp/g', 'g')
      fs.ftruncateSync(fd, 3)
      fs.renameSync('/tmp/g', '/tmp/h')
    }),
    first,
  )
  const acts: Parameters<typeof view>[0][] = [
    (fs) => fs.writeSync(fd, 'x', 0),
    (fs) => fs.fsyncSync(fd),
    (fs) => fs.ftruncateSync(fd, 2),
    (fs) => fs.ftruncateSync(fd, 600),
    (fs) => fs.writeFileSync('/tmp/f', 'new'),
    (fs) => fs.renameSync('/tmp/h', '/tmp/f'),
  ]
  const seen = new Set([first])
  for (const act of acts) t.is(seen.add(view(act)).size, acts.indexOf(act) + 2)
  rig.disk.powerFailure([...rig.disk.unsynced()].map(() => 0))
  t.is(rig.disk.view('/tmp/f'), undefined)
  t.is(Buffer.from(first?.current ?? []).toString(), 'abc')
  t.deepEqual(first?.sizes, [0, 3])
})

test('disk: a name is durable if a file of that name is there after every power failure', (t) => {
  const rig = new Rig()
  t.false(rig.disk.isNameDurable('/tmp/a'))
  rig.run((fs) => fs.writeFileSync('/tmp/a', 'a'))
  t.false(rig.disk.isNameDurable('/tmp/a'))
  rig.run((fs) => syncDirectory(fs, '/tmp'))
  t.true(rig.disk.isNameDurable('/tmp/a'))
  rig.run((fs) => fs.renameSync('/tmp/a', '/tmp/b'))
  t.deepEqual([rig.disk.isNameDurable('/tmp/a'), rig.disk.isNameDurable('/tmp/b')], [true, false])
  rig.run((fs) => syncDirectory(fs, '/tmp'))
  t.deepEqual([rig.disk.isNameDurable('/tmp/a'), rig.disk.isNameDurable('/tmp/b')], [false, true])
  t.false(rig.disk.isNameDurable('/tmp'))
  rig.run((fs) => fs.unlinkSync('/tmp/b'))
  rig.disk.powerFailure([1, 0, 0])
  t.false(rig.disk.isNameDurable('/tmp/b'))
})

test('disk: durable files are those that are there if nothing more survives', (t) => {
  const rig = new Rig()
  rig.run((fs) => {
    writeSynced(fs, '/tmp/a', 'a')
    writeSynced(fs, '/tmp/b', 'b')
    syncDirectory(fs, '/tmp')
    fs.renameSync('/tmp/a', '/tmp/c')
    fs.appendFileSync('/tmp/b', 'more')
    fs.writeFileSync('/tmp/d', 'd')
  })
  const files = [...rig.disk.durableFiles()].map(([path, bytes]) => `${path}=${Buffer.from(bytes)}`)
  t.deepEqual(files.sort(), ['/tmp/a=a', '/tmp/b=b'])
})

test('disk: what a power failure decides has labels that name it', (t) => {
  const rig = new Rig()
  rig.run((fs) => {
    fs.writeFileSync('/tmp/a', 'a')
    fs.mkdirSync('/tmp/e')
    fs.renameSync('/tmp/a', '/tmp/e/b')
    fs.mkdirSync('/tmp/f')
    fs.rmdirSync('/tmp/f')
    fs.unlinkSync('/tmp/e/b')
  })
  t.deepEqual(
    rig.disk.unsynced().map(({ bound, label }) => `${label} of ${bound}`),
    [
      'creation of /tmp/a of 2',
      'mkdir of /tmp/e of 2',
      'rename of /tmp/a to /tmp/e/b of 2',
      'mkdir of /tmp/f of 2',
      'rmdir of /tmp/f of 2',
      'unlink of /tmp/e/b of 2',
      'size of /tmp/e/b of 2',
      'sector 0 of /tmp/e/b of 2',
    ],
  )
})

test('disk: nothing is asked about contents that have no name left, or that lie past the end', (t) => {
  const rig = new Rig()
  rig.run((fs) => fs.writeFileSync('/tmp/a', 'a'))
  rig.answers = [MODES.indexOf('any subset'), 0]
  rig.disk.powerFailure()
  t.deepEqual(rig.asked.slice(1), ['creation of /tmp/a of 2'])
  rig.asked.length = 0
  rig.run((fs) => fs.writeFileSync('/tmp/a', 'a'))
  rig.answers = [MODES.indexOf('any subset'), 1, 0]
  rig.disk.powerFailure()
  t.deepEqual(rig.asked.slice(1), ['creation of /tmp/a of 2', 'size of /tmp/a of 2'])
})

test('disk: nothing is asked about the contents of a file that was replaced', (t) => {
  const rig = new Rig()
  rig.run((fs) => {
    for (const name of ['a', 'b']) writeSynced(fs, `/tmp/${name}`, name)
    syncDirectory(fs, '/tmp')
    fs.appendFileSync('/tmp/b', 'more')
    fs.renameSync('/tmp/a', '/tmp/b')
  })
  rig.answers = [MODES.indexOf('any subset'), 1]
  const report = rig.disk.powerFailure()
  t.deepEqual(rig.asked.slice(1), ['rename of /tmp/a to /tmp/b of 2'])
  t.deepEqual(
    report.map(({ what }) => what),
    ['rename of /tmp/a to /tmp/b survived', 'gone'],
  )
})

test('disk: the report of a power failure says what survived of each file', (t) => {
  const rig = new Rig()
  rig.run((fs) => {
    writeSynced(fs, '/tmp/a', 'abc')
    syncDirectory(fs, '/tmp')
    fs.writeSync(fs.openSync('/tmp/a', 'r+'), 'xyz', 511)
    fs.writeFileSync('/tmp/b', 'b')
  })
  // The name of b, then of a: the size, both sectors.
  const report = rig.disk.powerFailure([0, 1, 0, 1, 0, 0])
  t.deepEqual(report, [
    { path: '/tmp/b', what: 'creation of /tmp/b was lost; gone', names: [{ change: 'creation of /tmp/b', survived: false }], size: undefined, sectors: [] },
    {
      path: '/tmp/a',
      what: 'size 514 (3 when last synced, then 514); sector 0: as last synced; sector 1: write 1 of 1',
      names: [],
      size: { survived: 514, sizes: [3, 514] },
      sectors: [
        { sector: 0, survived: 0, unsynced: 1 },
        { sector: 1, survived: 1, unsynced: 1 },
      ],
    },
  ])
  t.deepEqual(structuredClone(report), report)
})

test('disk: times are virtual', (t) => {
  const rig = new Rig()
  rig.run((fs) => {
    fs.writeFileSync('/tmp/f', 'a')
    rig.nowMs = 2000
    fs.appendFileSync('/tmp/f', 'b')
    const { birthtimeMs, mtimeMs, mtime } = fs.statSync('/tmp/f')
    t.deepEqual([birthtimeMs, mtimeMs, mtime.getTime()], [1000, 2000, 2000])
    t.is(fs.statSync('/tmp').mtimeMs, 1000)
    rig.nowMs = 3000
    fs.unlinkSync('/tmp/f')
    t.is(fs.statSync('/tmp').mtimeMs, 3000)
  })
})

test('disk: paths are numbered as they are first named, whatever form they have', (t) => {
  const rig = new Rig()
  t.deepEqual(
    ['/tmp/a', '/tmp/b', '/tmp/../tmp/a', '/tmp/b/', '/tmp/c'].map((path) => rig.disk.volume.numberOf(path)),
    [0, 1, 0, 1, 2],
  )
})
