# The Node that the tests run on. To hold its digest too: --build-arg NODE_IMAGE=node@sha256:…
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# Build: compiles, then takes away what only building needs. No secret is used, so none can stay in a layer.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build
# The optional packages bring a Node for laptops and a keychain for the command line: the image has its own Node and needs neither.
RUN npm prune --omit=dev --omit=optional --ignore-scripts
# Whatever the rights in the checkout were, everybody may read the result.
COPY LICENSE openapi.yaml ./
COPY migrations ./migrations
RUN chmod -R a+rX .

# Run: no sources, no package manager in use, not root, nothing to write to. Start it with --read-only --cap-drop ALL.
FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /app
COPY --from=build /app/package.json /app/openapi.yaml /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/migrations ./migrations
COPY --from=build /app/dist ./dist
# By number (it is the image's user `node`), so that an orchestrator can see that it is not root.
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=4", "dist/main.js"]
CMD ["serve"]
