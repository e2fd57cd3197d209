import { gzipSync } from 'node:zlib'

export interface TarEntry {
  readonly path: string
  readonly text?: string
  /** `0` file, `1` hard link, `2` symbolic link, `5` folder. */
  readonly type?: string
  readonly target?: string
}

/** A `.tar.gz` of these entries, also of such as no sane archive holds. */
export function tarball(entries: readonly TarEntry[]): Buffer {
  return gzipSync(Buffer.concat([...entries.flatMap(blocks), Buffer.alloc(1024)]))
}

function blocks({ path, text = '', type = '0', target = '' }: TarEntry): Buffer[] {
  const content = Buffer.from(text)
  const header = Buffer.alloc(512)
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`
  header.write(path, 0, 100)
  header.write(octal(0o644, 8), 100)
  header.write(octal(content.length, 12), 124)
  header.write(octal(0, 12), 136)
  header.write(' '.repeat(8), 148)
  header.write(type, 156)
  header.write(target, 157, 100)
  header.write('ustar\0' + '00', 257)
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  )
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]
}

/** A package's archive: its files in one folder, as git hosts make it. */
export const packageArchive = (folder: string, files: Readonly<Record<string, string>>): Buffer =>
  tarball([
    { path: `${folder}/`, type: '5' },
    ...Object.entries(files).map(([name, text]) => ({ path: `${folder}/${name}`, text })),
  ])
