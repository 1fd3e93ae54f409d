# What the build and the sessions have in common; both read this file.

# A session has about one processor.
export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1

# A session is of one person, also where Voila shows the app in it.
export SPICE_NB_HOSTED=0

# Sessions use what the build compiled, on processors that may be of another kind. A fit takes a tenth longer so.
export NUMBA_CPU_NAME=generic
