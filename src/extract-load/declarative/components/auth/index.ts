import './api-key-authenticator.js'
import './basic-http-authenticator.js'
import './bearer-authenticator.js'
import './no-auth.js'
