import { describe } from 'vitest'
import type { OnRead } from '../support/broken-answers.js'
import { type RemoteServer, readsRemoteFiles } from '../support/remote-files.suite.js'
import { S3Server, s3Credentials } from '../support/s3-server.js'

const placesOf = (server: S3Server, secret = s3Credentials.secretAccessKey) => ({
  s3: { endpoint: server.endpoint, access_key_id: s3Credentials.accessKeyId, secret_access_key: secret },
})

async function start(): Promise<RemoteServer> {
  const server = await S3Server.start()
  return {
    root: 's3://lake/',
    places: placesOf(server),
    refused: placesOf(server, 'wrong-secret'),
    nowhere: {
      root: 's3://lake/',
      places: { s3: { ...placesOf(server).s3, endpoint: 'http://127.0.0.1:1' } },
    },
    put(name, content, modifiedAt) {
      server.objects.set(name, Buffer.from(content))
      if (modifiedAt) server.times.set(name, modifiedAt)
    },
    remove: (name) => server.objects.delete(name),
    set onRead(onRead: OnRead | undefined) {
      server.onRead = onRead
    },
    failNext(times) {
      let left = times
      server.intercept = () => {
        left--
        return left >= 0 ? { status: 503 } : undefined
      }
    },
    reset() {
      server.objects.clear()
      server.times.clear()
      server.intercept = undefined
      server.onRead = undefined
    },
    stop: () => server.stop(),
  }
}

describe('files of S3', () => readsRemoteFiles(start))
