// Bodies on open files.

import type { Attempt, Body, Fs } from './attempt.test.support.js'

const FLAGS = ['r', 'rs', 'sr', 'r+', 'rs+', 'w', 'wx', 'xw', 'w+', 'wx+', 'a', 'ax', 'as', 'a+', 'ax+', 'as+'] as const

/** A descriptor that was closed could be another's by now: other threads open files too. */
const NOT_OPEN = 1_000_000

/** Opens, does something, closes. */
function using(fs: Fs, path: string, flags: string | number, attempt: Attempt, use: (fd: number) => void): void {
  const fd = fs.openSync(path, flags)
  use(fd)
  attempt('close', () => fs.closeSync(fd))
}

function readAll(fs: Fs, fd: number): Buffer {
  const bytes = Buffer.alloc(100)
  return bytes.subarray(0, fs.readSync(fd, bytes, 0, 100, 0))
}

const withFlags: Record<string, Body> = Object.fromEntries(
  FLAGS.flatMap((flags): [string, Body][] => [
    [
      `open ${flags} of a file`,
      (fs, d, a) => {
        fs.writeFileSync(`${d}/f`, 'old contents')
        let fd = NOT_OPEN
        a('open', () => {
          fd = fs.openSync(`${d}/f`, flags)
        })
        if (fd === NOT_OPEN) return
        a('write', () => fs.writeSync(fd, 'new'))
        a('write at', () => fs.writeSync(fd, 'X', 1))
        a('read', () => readAll(fs, fd))
        a('read on', () => fs.readSync(fd, Buffer.alloc(3)))
        a('close', () => fs.closeSync(fd))
      },
    ],
    [
      `open ${flags} of nothing`,
      (fs, d, a) => {
        a('open', () => fs.closeSync(fs.openSync(`${d}/f`, flags)))
        a('open below', () => fs.closeSync(fs.openSync(`${d}/n/f`, flags)))
        a('open slashed', () => fs.closeSync(fs.openSync(`${d}/g/`, flags)))
      },
    ],
    [
      `open ${flags} of a directory`,
      (fs, d, a) => {
        fs.mkdirSync(`${d}/e`)
        a('open', () => fs.closeSync(fs.openSync(`${d}/e`, flags)))
        a('open slashed', () => fs.closeSync(fs.openSync(`${d}/e/`, flags)))
        a('open .', () => fs.closeSync(fs.openSync(`${d}/e/.`, flags)))
        a('open ..', () => fs.closeSync(fs.openSync(`${d}/e/..`, flags)))
      },
    ],
  ]),
)

export const fileBodies: Record<string, Body> = {
  ...withFlags,
  'open with numbers': (fs, d, a) => {
    const { O_CREAT, O_EXCL, O_RDWR, O_TRUNC, O_APPEND, O_WRONLY, O_DIRECTORY, O_RDONLY } = fs.constants
    a('create', () => fs.closeSync(fs.openSync(`${d}/f`, O_CREAT | O_EXCL | O_WRONLY)))
    a('exclusive', () => fs.closeSync(fs.openSync(`${d}/f`, O_CREAT | O_EXCL | O_WRONLY)))
    a('exclusive without create', () => fs.closeSync(fs.openSync(`${d}/f`, O_EXCL | O_RDWR)))
    fs.writeFileSync(`${d}/f`, 'abc')
    a('truncate while reading', () => fs.closeSync(fs.openSync(`${d}/f`, O_RDONLY | O_TRUNC)))
    a('gone', () => fs.readFileSync(`${d}/f`))
    a('no directory', () => fs.closeSync(fs.openSync(`${d}/f`, O_DIRECTORY)))
    a('directory', () => fs.closeSync(fs.openSync(d, O_DIRECTORY)))
    a('directory to append', () => fs.closeSync(fs.openSync(d, O_RDONLY | O_APPEND)))
    a('directory exclusive', () => fs.closeSync(fs.openSync(d, O_CREAT | O_EXCL)))
  },
  'open with modes': (fs, d, a) => {
    a('number', () => fs.closeSync(fs.openSync(`${d}/f`, 'w', 0o600)))
    a('text', () => fs.closeSync(fs.openSync(`${d}/g`, 'w', '640')))
    a('existing', () => fs.closeSync(fs.openSync(`${d}/f`, 'w', 0o644)))
    a('wrong text', () => fs.openSync(`${d}/h`, 'w', 'rw'))
    a('wrong number', () => fs.openSync(`${d}/h`, 'w', -1))
    a('null', () => fs.closeSync(fs.openSync(`${d}/i`, 'w', null)))
  },
  'open with wrong arguments': (fs, d, a) => {
    for (const path of [5, null, undefined, {}, `${d}/a\0b`, Buffer.from(`${d}/a\0b`), new URL('http://x/y'), true])
      a('path', () => fs.openSync(path as string, 'r'))
    for (const flags of ['z', '', 1.5, {}, true, 2 ** 40]) a('flags', () => fs.openSync(`${d}/f`, flags as string))
    a('null flags', () => fs.openSync(`${d}/f`, null as unknown as string))
  },
  'open by other kinds of paths': (fs, d, a) => {
    a('buffer', () => fs.closeSync(fs.openSync(Buffer.from(`${d}/f`), 'w')))
    a('URL', () => fs.closeSync(fs.openSync(new URL(`file://${d}/g%20h`), 'w')))
    a('bytes', () => fs.closeSync(fs.openSync(new TextEncoder().encode(`${d}/ü`) as Buffer, 'w')))
    a('missing buffer', () => fs.openSync(Buffer.from(`${d}/x`), 'r'))
    a('missing URL', () => fs.openSync(new URL(`file://${d}/x`), 'r'))
  },
  'paths that go up and down': (fs, d, a) => {
    fs.mkdirSync(`${d}/e`)
    fs.writeFileSync(`${d}/f`, 'f')
    for (const path of ['e/../f', './f', 'e/./../f', 'e//../f', 'x/../f', 'f/../f', 'f/.', 'f/', '../../../no-such-name', '', '.', 'e/..']) {
      a(path, () => fs.readFileSync(path === '' ? '' : `${d}/${path}`, 'utf8'))
    }
  },
  'names that are too long': (fs, d, a) => {
    a('255', () => fs.writeFileSync(`${d}/${'x'.repeat(255)}`, ''))
    a('256', () => fs.writeFileSync(`${d}/${'x'.repeat(256)}`, ''))
    a('bytes', () => fs.writeFileSync(`${d}/${'ü'.repeat(128)}`, ''))
    a('directory', () => fs.statSync(`${d}/${'x'.repeat(256)}/y`))
    a('path', () => fs.statSync(`${d}/${'x/'.repeat(2100)}`))
  },
  'close twice': (fs, d, a) => {
    const fd = fs.openSync(`${d}/f`, 'w')
    a('first', () => fs.closeSync(fd))
    a('second', () => fs.closeSync(NOT_OPEN))
    for (const wrong of ['1', 1.5, -1, undefined, null, 2 ** 31]) a(String(wrong), () => fs.closeSync(wrong as number))
  },
  'everything on a closed descriptor': (fs, _d, a) => {
    const fd = NOT_OPEN
    a('read', () => fs.readSync(fd, Buffer.alloc(4)))
    a('read nothing', () => fs.readSync(fd, Buffer.alloc(0)))
    a('write', () => fs.writeSync(fd, 'a'))
    a('write bytes', () => fs.writeSync(fd, Buffer.from('a')))
    a('write nothing', () => fs.writeSync(fd, ''))
    a('readv', () => fs.readvSync(fd, [Buffer.alloc(1)]))
    a('readv nothing', () => fs.readvSync(fd, []))
    a('writev', () => fs.writevSync(fd, [Buffer.alloc(1)]))
    a('writev nothing', () => fs.writevSync(fd, []))
    a('fsync', () => fs.fsyncSync(fd))
    a('fdatasync', () => fs.fdatasyncSync(fd))
    a('ftruncate', () => fs.ftruncateSync(fd, 1))
    a('fstat', () => fs.fstatSync(fd))
    a('readFile', () => fs.readFileSync(fd))
    a('readFile text', () => fs.readFileSync(fd, 'utf8'))
    a('writeFile', () => fs.writeFileSync(fd, 'a'))
    a('writeFile bytes', () => fs.writeFileSync(fd, Buffer.from('a')))
    a('writeFile nothing', () => fs.writeFileSync(fd, ''))
    a('appendFile', () => fs.appendFileSync(fd, 'a'))
    a('truncate', () => fs.truncateSync(fd as unknown as string, 1))
  },
  'a directory as an open file': (fs, d, a) => {
    using(fs, d, 'r', a, (fd) => {
      a('read', () => fs.readSync(fd, Buffer.alloc(4)))
      a('read at', () => fs.readSync(fd, Buffer.alloc(4), 0, 4, 0))
      a('write', () => fs.writeSync(fd, 'a'))
      a('fsync', () => fs.fsyncSync(fd))
      a('fdatasync', () => fs.fdatasyncSync(fd))
      a('ftruncate', () => fs.ftruncateSync(fd))
      a('fstat', () => fs.fstatSync(fd))
      a('readFile', () => fs.readFileSync(fd))
      a('readFile text', () => fs.readFileSync(fd, 'utf8'))
    })
  },
  'reads without position': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abcdefghij')
    using(fs, `${d}/f`, 'r', a, (fd) => {
      const bytes = Buffer.alloc(4, '.')
      for (let i = 0; i < 4; i++) a('read', () => [fs.readSync(fd, bytes), Buffer.from(bytes)])
    })
  },
  'reads at positions': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abcdefghij')
    using(fs, `${d}/f`, 'r', a, (fd) => {
      for (const position of [0, 3, 8, 10, 100, -1, null, undefined, 2n, -1n, -5n, 1.5, 'x', -2, 2 ** 53, 2n ** 64n, {}]) {
        const bytes = Buffer.alloc(6, '.')
        a(`at ${position}`, () => [fs.readSync(fd, bytes, 1, 4, position as number), bytes])
      }
    })
  },
  'reads with options': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abcdefghij')
    using(fs, `${d}/f`, 'r', a, (fd) => {
      const cases: unknown[] = [{}, { offset: 2 }, { length: 2 }, { position: 5 }, { offset: 1, length: 2, position: 3 }, null, undefined, { offset: null }]
      cases.push({ length: null }, { length: 99 }, { offset: 7 }, { offset: -1 }, { length: -1 }, { position: 'x' }, [], 5, 'x', () => 1)
      for (const options of cases) {
        const bytes = Buffer.alloc(6, '.')
        a(JSON.stringify(options) ?? 'absent', () => [fs.readSync(fd, bytes, options as object), bytes])
      }
    })
  },
  'reads into parts of buffers': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abcdefghij')
    using(fs, `${d}/f`, 'r', a, (fd) => {
      for (const [offset, length] of [
        [0, 4],
        [2, 2],
        [2, 3],
        [4, 0],
        [5, 1],
        [-1, 2],
        [0, -1],
        [0, 5],
        [1.5, 1],
        ['x', 1],
        [0, 1.5],
        [0, 'x'],
        [undefined, 3],
        [0, undefined],
        [null, 2],
      ]) {
        const bytes = Buffer.alloc(4, '.')
        a(`${offset} ${length}`, () => [fs.readSync(fd, bytes, offset as number, length as number, 0), bytes])
      }
      a('16 bits', () => {
        const words = new Uint16Array(3)
        return [fs.readSync(fd, words, 1, 4, 0), Buffer.from(words.buffer)]
      })
      a('view', () => {
        const memory = new ArrayBuffer(8)
        return [fs.readSync(fd, new DataView(memory, 2, 4), 1, 2, 0), Buffer.from(memory)]
      })
      for (const wrong of ['text', 5, null, undefined, new ArrayBuffer(4), Buffer.alloc(0)]) a('buffer', () => fs.readSync(fd, wrong as Buffer, 0, 1, 0))
    })
  },
  'writes without position': (fs, d, a) => {
    using(fs, `${d}/f`, 'w', a, (fd) => {
      a('text', () => fs.writeSync(fd, 'abc'))
      a('bytes', () => fs.writeSync(fd, Buffer.from('defg')))
      a('nothing', () => fs.writeSync(fd, ''))
      a('no bytes', () => fs.writeSync(fd, Buffer.alloc(0)))
      a('more', () => fs.writeSync(fd, 'h'))
    })
  },
  'writes at positions': (fs, d, a) => {
    using(fs, `${d}/f`, 'w', a, (fd) => {
      for (const position of [0, 10, 3, null, undefined, -1, -7, 1.5, 2n, 'x', {}, Number.NaN, 2 ** 60])
        a(`text at ${position}`, () => fs.writeSync(fd, 'ab', position as number))
      for (const position of [5, 12, null, undefined, -1, 1.5, 2n, 'x', {}])
        a(`bytes at ${position}`, () => fs.writeSync(fd, Buffer.from('CD'), 0, 2, position as number))
    })
  },
  'writes of parts of buffers': (fs, d, a) => {
    using(fs, `${d}/f`, 'w', a, (fd) => {
      for (const [offset, length] of [
        [0, 4],
        [1, 2],
        [4, 0],
        [5, 0],
        [5, undefined],
        [1, undefined],
        [0, 5],
        [2, 3],
        [-1, 1],
        [0, -1],
        [1.5, 1],
        ['x', 1],
        [0, 1.5],
        [0, 'x'],
        [null, 2],
        [null, null],
      ]) {
        a(`${offset} ${length}`, () => fs.writeSync(fd, Buffer.from('abcd'), offset as number, length as number))
      }
      a('16 bits', () => fs.writeSync(fd, new Uint16Array([0x6161, 0x6262]), 1, 2))
      a('view', () => fs.writeSync(fd, new DataView(new ArrayBuffer(8), 2, 4), 1, 2))
    })
  },
  'writes with options': (fs, d, a) => {
    using(fs, `${d}/f`, 'w', a, (fd) => {
      for (const options of [
        {},
        { offset: 2 },
        { length: 2 },
        { position: 9 },
        { offset: 1, length: 2, position: 3 },
        null,
        { offset: null },
        { length: null },
        { length: 99 },
        { offset: -1 },
        [],
      ]) {
        a(JSON.stringify(options), () => fs.writeSync(fd, Buffer.from('abcd'), options as unknown as number))
      }
    })
  },
  'writes of text in encodings': (fs, d, a) => {
    using(fs, `${d}/f`, 'w', a, (fd) => {
      for (const encoding of ['utf8', 'latin1', 'hex', 'base64', 'utf16le', 'ascii', 'zzz', null, undefined, 5, 'buffer'])
        a(String(encoding), () => fs.writeSync(fd, 'abcdü', null, encoding as 'utf8'))
      a('odd hex', () => fs.writeSync(fd, 'abc', null, 'hex'))
      for (const wrong of [5, null, undefined, {}, true, new ArrayBuffer(3)]) a('data', () => fs.writeSync(fd, wrong as string))
    })
  },
  'appends, whatever the position': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abc')
    using(fs, `${d}/f`, 'a+', a, (fd) => {
      a('nothing', () => fs.writeSync(fd, ''))
      a('read', () => fs.readSync(fd, Buffer.alloc(2)))
      a('at 0', () => fs.writeSync(fd, 'X', 0))
      a('read on', () => [fs.readSync(fd, Buffer.alloc(9))])
      a('append', () => fs.writeSync(fd, 'Y'))
      a('read at the end', () => fs.readSync(fd, Buffer.alloc(2)))
      fs.ftruncateSync(fd, 1)
      a('append after truncation', () => fs.writeSync(fd, 'Z'))
    })
  },
  'two descriptors have two positions': (fs, d, a) => {
    const first = fs.openSync(`${d}/f`, 'w+')
    const second = fs.openSync(`${d}/f`, 'r+')
    a('first', () => fs.writeSync(first, 'abc'))
    a('second', () => fs.writeSync(second, 'X'))
    a('read first', () => fs.readSync(first, Buffer.alloc(2)))
    a('read second', () => readAll(fs, second))
    fs.closeSync(first)
    a('still open', () => fs.writeSync(second, 'Y'))
    fs.closeSync(second)
  },
  vectors: (fs, d, a) => {
    using(fs, `${d}/f`, 'w+', a, (fd) => {
      const parts = [Buffer.from('abc'), new Uint8Array([100, 101]), new Uint16Array([0x6666])]
      a('write', () => fs.writevSync(fd, parts))
      a('write at', () => fs.writevSync(fd, [Buffer.from('XY')], 2))
      a('write at nothing', () => fs.writevSync(fd, [Buffer.from('Z')], null as unknown as number))
      const targets = [Buffer.alloc(2), new Uint8Array(1), Buffer.alloc(9)]
      a('read', () => [fs.readvSync(fd, targets, 0), ...targets])
      a('read on', () => [fs.readvSync(fd, targets), ...targets])
      a('empty parts', () => [fs.readvSync(fd, [Buffer.alloc(0)]), fs.writevSync(fd, [Buffer.alloc(0)])])
      for (const wrong of ['x', null, undefined, [1], ['a'], {}]) a('buffers', () => fs.readvSync(fd, wrong as Uint8Array[]))
      for (const wrong of ['x', [1], {}]) a('buffers', () => fs.writevSync(fd, wrong as Uint8Array[]))
      for (const position of ['x', -1, 1.5, 2n, {}]) a(`at ${position}`, () => fs.readvSync(fd, [Buffer.alloc(3)], position as number))
    })
  },
  ftruncate: (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abcdefghij')
    using(fs, `${d}/f`, 'r+', a, (fd) => {
      for (const size of [5, 8, 600, 3, -4, 1.5, 'x', null, 0, 2, undefined, 2 ** 60]) {
        a(`to ${size}`, () => fs.ftruncateSync(fd, size as number))
        a('contents', () => fs.readFileSync(`${d}/f`))
      }
    })
    using(fs, `${d}/f`, 'r', a, (fd) => a('read only', () => fs.ftruncateSync(fd, 1)))
  },
  'truncate by path': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abcdefghij')
    a('to 4', () => fs.truncateSync(`${d}/f`, 4))
    a('to 0', () => fs.truncateSync(`${d}/f`))
    a('nothing', () => fs.truncateSync(`${d}/g`, 1))
    a('directory', () => fs.truncateSync(d, 1))
    a('wrong length', () => fs.truncateSync(`${d}/f`, 'x' as unknown as number))
    a('wrong path', () => fs.truncateSync({} as string))
  },
  'writes past the end leave zeros': (fs, d, a) => {
    using(fs, `${d}/f`, 'w+', a, (fd) => {
      a('far', () => fs.writeSync(fd, 'x', 2000))
      a('nearer', () => fs.writeSync(fd, 'y', 700))
      a('shorter', () => fs.ftruncateSync(fd, 600))
      a('longer', () => fs.ftruncateSync(fd, 1600))
      a('size', () => fs.fstatSync(fd))
    })
  },
  'a file lives while it is open': (fs, d, a) => {
    const fd = fs.openSync(`${d}/f`, 'w+')
    fs.unlinkSync(`${d}/f`)
    a('write', () => fs.writeSync(fd, 'abc'))
    a('read', () => readAll(fs, fd))
    a('stat', () => fs.fstatSync(fd))
    fs.writeFileSync(`${d}/f`, 'other')
    a('still its own', () => readAll(fs, fd))
    fs.closeSync(fd)
  },
  'descriptors follow renames': (fs, d, a) => {
    const fd = fs.openSync(`${d}/f`, 'w+')
    fs.renameSync(`${d}/f`, `${d}/g`)
    a('write', () => fs.writeSync(fd, 'abc'))
    fs.writeFileSync(`${d}/h`, 'h')
    fs.renameSync(`${d}/h`, `${d}/g`)
    a('write on', () => fs.writeSync(fd, 'def'))
    a('read', () => readAll(fs, fd))
    fs.closeSync(fd)
  },
  'synced writes': (fs, d, a) => {
    using(fs, `${d}/f`, 'as', a, (fd) => {
      a('write', () => fs.writeSync(fd, 'abc'))
      a('sync', () => [fs.fsyncSync(fd), fs.fdatasyncSync(fd)])
    })
    for (const wrong of ['x', 1.5, -1, null]) {
      a('fsync', () => fs.fsyncSync(wrong as number))
      a('fdatasync', () => fs.fdatasyncSync(wrong as number))
    }
  },
}
