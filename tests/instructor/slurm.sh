#!/bin/sh
#SBATCH --job-name=grade
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=01:00:00
# Grades a class as a Slurm array job, on a file system that all nodes see. From the course's
# root:
#
#     sbatch --wait tests/instructor/slurm.sh submissions && make grade-merge
#
# The array may have any number of tasks, numbered from 1. Each builds the tests for itself, in
# build/share-N, since nodes may differ; verdicts are shared in build/grades/state. The same
# command again judges only what is missing or has changed.
set -eu
cd "${SLURM_SUBMIT_DIR:-.}"
[ $# -ge 1 ] || { echo "Usage: sbatch tests/instructor/slurm.sh SUBMISSIONS [SEED=7 HIDDEN=dir ...]" >&2; exit 2; }
submissions=$1
shift
task=${SLURM_ARRAY_TASK_ID:?"is set by Slurm: start me with sbatch"}
exec make grade BUILD="build/share-$task" SUBMISSIONS="$submissions" \
    SHARD="$task/${SLURM_ARRAY_TASK_COUNT:-1}" JOBS="${SLURM_CPUS_PER_TASK:-1}" "$@"
