# Says for the operator that NODE is off, so that the cluster goes on. Only a drill whose node is off by its own hand may.
stonith_admin --confirm "$NODE"
