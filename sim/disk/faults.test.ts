import test from 'ava'
import { type Fs, Rig, show, survivors, syncDirectory, writeSynced } from './rig.test.support.js'
import { MODES } from './survival.js'

/** Runs `act` with the fault on its first operation that it may befall; gives the error's message. */
function failing(rig: Rig, fault: Rig['fault'], act: (fs: Fs) => unknown): string {
  rig.fault = fault
  try {
    rig.run(act)
    return 'no error'
  } catch (error) {
    return (error as Error).message
  } finally {
    rig.fault = undefined
  }
}

function rigWith(contents: string): Rig {
  const rig = new Rig()
  rig.run((fs) => {
    fs.mkdirSync('/d')
    syncDirectory(fs, '/')
    writeSynced(fs, '/d/f', contents)
    syncDirectory(fs, '/d')
  })
  return rig
}

test('faults: EIO changes nothing and names the call', (t) => {
  const rig = rigWith('abc')
  const fd = rig.run((fs) => fs.openSync('/d/f', 'r+'))
  const { version } = rig.disk
  t.is(
    failing(rig, 'EIO', (fs) => fs.readSync(fd, Buffer.alloc(3))),
    'EIO: i/o error, read',
  )
  t.is(
    failing(rig, 'EIO', (fs) => fs.writeSync(fd, 'xyz')),
    'EIO: i/o error, write',
  )
  t.is(
    failing(rig, 'EIO', (fs) => fs.ftruncateSync(fd, 0)),
    'EIO: i/o error, ftruncate',
  )
  t.is(
    failing(rig, 'EIO', (fs) => fs.openSync('/d/f', 'w')),
    "EIO: i/o error, open '/d/f'",
  )
  t.is(
    failing(rig, 'EIO', (fs) => fs.renameSync('/d/f', '/d/g')),
    "EIO: i/o error, rename '/d/f' -> '/d/g'",
  )
  t.is(
    failing(rig, 'EIO', (fs) => fs.unlinkSync('/d/f')),
    "EIO: i/o error, unlink '/d/f'",
  )
  t.is(
    failing(rig, 'EIO', (fs) => fs.mkdirSync('/d/e')),
    "EIO: i/o error, mkdir '/d/e'",
  )
  t.is(rig.disk.version, version)
  t.is(
    rig.run((fs) => show(fs, '/d')),
    'f=abc',
  )
})

test('faults: an error carries number, code and call as those of Node do', (t) => {
  const rig = rigWith('abc')
  rig.fault = 'EIO'
  const error = t.throws<NodeJS.ErrnoException>(() => rig.run((fs) => fs.openSync('/d/f', 'r')))
  t.like(error, { errno: -5, code: 'EIO', syscall: 'open', path: '/d/f' })
})

test('faults: ENOSPC befalls what needs room', (t) => {
  const rig = rigWith('abc')
  t.is(
    failing(rig, 'ENOSPC', (fs) => fs.openSync('/d/g', 'w')),
    "ENOSPC: no space left on device, open '/d/g'",
  )
  t.is(
    failing(rig, 'ENOSPC', (fs) => fs.mkdirSync('/d/g')),
    "ENOSPC: no space left on device, mkdir '/d/g'",
  )
  // The file is there, so opening it takes no room.
  t.is(
    failing(rig, 'ENOSPC', (fs) => fs.openSync('/d/f', 'a')),
    'no error',
  )
  t.is(
    rig.run((fs) => show(fs, '/d')),
    'f=abc',
  )
})

test('faults: a write may find room for a part, then the next finds none', (t) => {
  const rig = rigWith('')
  const fd = rig.run((fs) => fs.openSync('/d/f', 'w'))
  rig.answers = [0]
  t.is(
    failing(rig, 'ENOSPC', (fs) => fs.writeSync(fd, 'abcdef')),
    'ENOSPC: no space left on device, write',
  )
  rig.answers = [2]
  rig.fault = 'ENOSPC'
  t.is(
    rig.run((fs) => fs.writeSync(fd, 'abcdef')),
    2,
  )
  t.throws(() => rig.run((fs) => fs.writeSync(fd, 'cdef')), { code: 'ENOSPC' })
  t.is(
    rig.run((fs) => fs.writeSync(fd, 'cdef')),
    4,
  )
  t.is(
    rig.run((fs) => show(fs, '/d')),
    'f=abcdef',
  )
})

test('faults: a power failure makes room', (t) => {
  const rig = rigWith('')
  rig.answers = [2, MODES.indexOf('nothing')]
  rig.fault = 'ENOSPC'
  rig.run((fs) => fs.writeSync(fs.openSync('/d/f', 'r+'), 'abcdef'))
  rig.disk.powerFailure()
  t.notThrows(() => rig.run((fs) => fs.appendFileSync('/d/f', 'abc')))
})

test('faults: writeFile fails after the part for which there was room, as the real one does', (t) => {
  const rig = rigWith('old')
  rig.answers = [4]
  t.is(
    failing(rig, 'ENOSPC', (fs) => {
      rig.fault = undefined
      const fd = fs.openSync('/d/f', 'w')
      fs.closeSync(fd)
      rig.fault = 'ENOSPC'
      fs.appendFileSync('/d/f', 'abcdef', { flag: 'r+' })
    }),
    'ENOSPC: no space left on device, write',
  )
  t.is(
    rig.run((fs) => show(fs, '/d')),
    'f=abcd',
  )
})

test('faults: a short read or write moves at least one byte and not all', (t) => {
  const rig = rigWith('abcdef')
  const fd = rig.run((fs) => fs.openSync('/d/f', 'r+'))
  for (const [answer, expected] of [
    [0, 1],
    [4, 5],
  ] as const) {
    rig.answers = [answer]
    rig.fault = 'short'
    t.is(
      rig.run((fs) => fs.readSync(fd, Buffer.alloc(6), 0, 6, 0)),
      expected,
    )
    rig.answers = [answer]
    rig.fault = 'short'
    t.is(
      rig.run((fs) => fs.writeSync(fd, 'ABCDEF', 0)),
      expected,
    )
  }
  t.deepEqual(rig.asked, ['bytes moved, less one of 5', 'bytes moved, less one of 5', 'bytes moved, less one of 5', 'bytes moved, less one of 5'])
  rig.fault = 'short'
  t.is(
    rig.run((fs) => fs.readSync(fd, Buffer.alloc(9), 0, 9, 5)),
    1,
  )
})

test('faults: calls on whole files go on after a short read or write', (t) => {
  const rig = rigWith('')
  rig.answers = [1]
  rig.fault = 'short'
  rig.run((fs) => fs.writeFileSync('/d/f', 'abcdef'))
  rig.answers = [2]
  rig.fault = 'short'
  t.is(
    rig.run((fs) => fs.readFileSync('/d/f', 'utf8')),
    'abcdef',
  )
  rig.answers = [3]
  rig.fault = 'short'
  rig.run((fs) => fs.copyFileSync('/d/f', '/d/g'))
  t.is(
    rig.run((fs) => show(fs, '/d')),
    'f=abcdef g=abcdef',
  )
})

test('faults: after an fsync that failed, the next one succeeds and writes nothing', (t) => {
  const act = (fs: Fs, rig: Rig) => {
    writeSynced(fs, '/d/f', 'abc')
    syncDirectory(fs, '/d')
    const fd = fs.openSync('/d/f', 'r+')
    fs.writeSync(fd, 'xyz', 0)
    rig.fault = 'EIO'
    // One sector: it is lost.
    rig.answers = [0]
    t.throws(() => fs.fsyncSync(fd), { code: 'EIO', message: 'EIO: i/o error, fsync' })
    t.is(fs.readFileSync('/d/f', 'utf8'), 'xyz')
    fs.fsyncSync(fd)
    t.is(rig.disk.unsynced().length, 0)
    t.is(fs.readFileSync('/d/f', 'utf8'), 'xyz')
  }
  t.deepEqual(survivors(act), ['f=abc'])
})

test('faults: what a failed fsync wrote is durable, and what is written again goes to the disk', (t) => {
  const act = (again: boolean) => (fs: Fs, rig: Rig) => {
    writeSynced(fs, '/d/f', 'a'.repeat(1024))
    syncDirectory(fs, '/d')
    const fd = fs.openSync('/d/f', 'r+')
    fs.writeSync(fd, 'b'.repeat(1024), 0)
    rig.fault = 'EIO'
    rig.answers = [MODES.indexOf('any subset'), 1, 0]
    t.throws(() => fs.fsyncSync(fd), { code: 'EIO' })
    if (again) fs.writeSync(fd, 'c', 1023)
    fs.fsyncSync(fd)
  }
  t.deepEqual(survivors(act(false)), ['f=b*512a*512'])
  // The whole sector goes to the disk, and with it what the failed one had left out.
  t.deepEqual(survivors(act(true)), ['f=b*1023c'])
})

test('faults: a failed fsync may lose a size', (t) => {
  const act = (fs: Fs, rig: Rig) => {
    writeSynced(fs, '/d/f', 'abc')
    syncDirectory(fs, '/d')
    const fd = fs.openSync('/d/f', 'a')
    fs.writeSync(fd, 'def')
    rig.fault = 'EIO'
    rig.answers = [MODES.indexOf('nothing')]
    t.throws(() => fs.fsyncSync(fd), { code: 'EIO' })
    fs.fsyncSync(fd)
    t.is(fs.statSync('/d/f').size, 6)
  }
  t.deepEqual(survivors(act), ['f=abc'])
})

test('faults: after a failed fsync of a directory the names that it lost never become durable', (t) => {
  const act = (fs: Fs, rig: Rig) => {
    writeSynced(fs, '/d/a', 'a')
    writeSynced(fs, '/d/b', 'b')
    const fd = fs.openSync('/d', 'r')
    rig.fault = 'EIO'
    rig.answers = [MODES.indexOf('any subset'), 0, 1]
    t.throws(() => fs.fsyncSync(fd), { code: 'EIO' })
    t.deepEqual(fs.readdirSync('/d'), ['a', 'b'])
    fs.fsyncSync(fd)
  }
  t.deepEqual(survivors(act), ['b=b'])
})

test('faults: data that a failed fsync wrote past the durable end is not there after a power failure', (t) => {
  const act = (fs: Fs, rig: Rig) => {
    writeSynced(fs, '/d/f', 'abc')
    syncDirectory(fs, '/d')
    fs.appendFileSync('/d/f', 'def')
    rig.fault = 'EIO'
    // The size is lost, the sector is not.
    rig.answers = [MODES.indexOf('any subset'), 0, 1]
    t.throws(() => fs.fsyncSync(fs.openSync('/d/f', 'r')), { code: 'EIO' })
    rig.disk.powerFailure()
    fs.truncateSync('/d/f', 6)
  }
  t.deepEqual(survivors(act), ['f=abc', 'f=abc...'])
})
