#!/usr/bin/env node
import { createTools } from './tools/registry.ts'
import { serveOverStdio } from './transports/stdio.ts'

serveOverStdio(createTools(), (error) => process.stderr.write(`mcp-tools: ${error.message}\n`))
