import { schemeOf } from '../address.js'
import { openGcsStore } from '../gcs/gcs-store.js'
import { openS3Store } from '../s3/s3-store.js'
import { openSftpStore } from '../sftp/sftp-store.js'
import type { OpenStore } from './remote-store.js'

const stores: Readonly<Record<string, OpenStore>> = { s3: openS3Store, gs: openGcsStore, sftp: openSftpStore }

/** Where the files of a path lie; undefined where that is no bucket and no server. */
export const storeOf = (path: string): OpenStore | undefined => stores[schemeOf(path) ?? '']
