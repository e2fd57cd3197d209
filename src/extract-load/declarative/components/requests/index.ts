import './http-requester.js'
