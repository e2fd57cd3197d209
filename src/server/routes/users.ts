import { Hono } from 'hono'
import { hashPassword, requirePassword, requireUserName, type User } from '../../access/index.js'
import { type Access, noteFacts } from '../access/index.js'
import { type ApiUser, newUserRequestSchema, userChangeSchema } from '../contract/index.js'
import { readBody } from './request.js'

export function userRoutes({ store }: Access): Hono {
  const app = new Hono()

  app.get('/users', async (c) => c.json({ users: (await store.listUsers()).map(userView) }))

  app.post('/users', async (c) => {
    const { name, role, password } = await readBody(c, newUserRequestSchema)
    requireUserName(name)
    noteFacts(c, `${name} as ${role}`)
    requirePassword(password, name)
    return c.json(userView(await store.createUser({ name, role, passwordHash: await hashPassword(password) })))
  })

  app.put('/users/:name', async (c) => {
    const name = c.req.param('name')
    const { role, password, isDisabled } = await readBody(c, userChangeSchema)
    const facts = [
      role && `role ${role}`,
      password !== undefined && 'new password',
      isDisabled !== undefined && (isDisabled ? 'disabled' : 'enabled'),
    ]
    noteFacts(c, facts.filter(Boolean).join(', '))
    if (password !== undefined) requirePassword(password, name)
    const passwordHash = password === undefined ? undefined : await hashPassword(password)
    return c.json(userView(await store.changeUser(name, { role, passwordHash, isDisabled })))
  })

  app.delete('/users/:name', async (c) => {
    await store.removeUser(c.req.param('name'))
    return c.json({})
  })
  return app
}

const userView = ({ name, role, createdAt, isDisabled }: User): ApiUser => ({ name, role, createdAt, isDisabled })
