# Build: production dependencies only, from the lockfile.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages bring a Node for laptops and a keychain for the command line; the image has its own Node and needs neither.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

# Run: no package manager in use, no root, nothing to write to. Start it with --read-only --cap-drop ALL.
FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY package.json openapi.yaml LICENSE ./
COPY migrations ./migrations
COPY src ./src
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/main.ts"]
CMD ["serve"]
