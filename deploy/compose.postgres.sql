create database licences;
