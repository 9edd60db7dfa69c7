#!/bin/sh
# deploy.sh - Kolabpad on Google Cloud Run.
#
#   PROJECT_ID=my-project deploy/cloud-run/deploy.sh
#
# Cloud Run has no disk that SQLite may trust: a bucket mounted as a folder has no
# locks. So this keeps pads in memory only (SQLITE_URI is empty) and they are gone
# when the instance goes; for pads that last, use a small VM with
# docker-compose.prod.yml, or GKE with deploy/kubernetes/. One instance, always,
# and its processor also between requests: WebSockets are long ones.
set -eu
: "${PROJECT_ID:?set PROJECT_ID to your Google Cloud project}"
region=${REGION:-us-central1}
image=gcr.io/$PROJECT_ID/kolabpad

gcloud builds submit --project "$PROJECT_ID" --tag "$image"
gcloud run deploy kolabpad \
  --project "$PROJECT_ID" \
  --image "$image" \
  --platform managed \
  --region "$region" \
  --allow-unauthenticated \
  --port=3030 \
  --min-instances 1 \
  --max-instances 1 \
  --concurrency 1000 \
  --timeout 3600 \
  --no-cpu-throttling \
  --memory=1Gi \
  --set-env-vars '^;^LOG_LEVEL=info;LOG_FORMAT=json;EXPIRY_DAYS=7;SQLITE_URI='
